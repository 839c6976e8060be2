#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# An export in many files, of which each shard reads its own: the merged shards
# are the bytes of a single run over all files with what was learnt from them;
# a file that says otherwise than that is refused by name, and so is an id that
# is in two files.
. tests/sh/setup.bash
cd "$work" || exit 1
# learn OPTIONS...: as learned.txt
learn() {
	"$nightcast" learn -q -j 1 --by-file -o learned.txt "$@" 2>said
	case $? in
	0 | 3) ;;
	*) fail "learn $*: $(cat said)" ;;
	esac
}
# single OPTIONS...: one run over all; its status in $single
single() {
	rm -f whole.*
	"$nightcast" forecast -q --learned learned.txt "$@" -o whole.csv \
		--summary whole.s --rejects whole.r 2>whole.err
	single=$?
}
# same N OPTIONS...: N shards, in any order, are that run
same() {
	local n=$1 k
	shift
	rm -f f.* s.* r.*
	for k in $(seq "$n"); do
		"$nightcast" forecast -q --by-file --shard "$k/$n" \
			--learned learned.txt -j $((k % 3 + 1)) "$@" \
			-o "f.$k" --summary "s.$k" --rejects "r.$k" 2>"err.$k"
		case $? in
		0 | 3) ;;
		*) fail "shard $k/$n: $*: $(cat "err.$k")" ;;
		esac
	done
	check_merged "$n" "$@"
}
# refuse STATUS WORDS COMMAND...
refuse() {
	local status=$1 words=$2 got
	shift 2
	echo old >out.csv
	"$nightcast" "$@" -o out.csv >said 2>&1
	got=$?
	[ $got -eq "$status" ] || fail "$*: exit $got: $(cat said)"
	grep -qE -- "$words" said || fail "$*: no '$words': $(cat said)"
	[ "$(cat out.csv)" = old ] || fail "$*: the old output is gone"
}

# seven files of a warehouse: one compressed, one with other columns, one
# without rows, with all that a series can have wrong; decimal commas, and
# dates of which some could be of the month first
awk 'BEGIN {
	for (p = 0; p < 7; p++) {
		file = "part-" p ".csv"
		print p == 2 ? "ds;other;y;sku" : "sku;ds;y" >file
		if (p == 4)
			continue
		for (i = 0; i < 5; i++)
			for (t = 1; t <= 48; t++) {
				id = "\"item " p ";" i "\""
				d = sprintf("01/%02d/%d", (t - 1) % 12 + 1, 2019 + int((t - 1) / 12))
				y = sprintf("%d,%d", 40 + 3 * p + i + (t * (i + 2) % 7), t * 3 % 10)
				if (i == 3 && t > 40 && p % 2)
					continue # ends early
				if (i == 4 && p == 3 && t > 1)
					continue # too short
				if (i == 4 && p == 1 && t % 9 == 0)
					y = "x" t
				if (i == 2 && p == 5 && t == 7)
					print id ";" d ";" y >file # twice
				if (i == 2 && p == 6 && t == 20)
					d = "14/08/2020" # off the grid
				if (i == 1 && p == 6 && t == 1)
					d = "15/01/2150" # far off, which ends nothing
				print p == 2 ? d ";z;" y ";" id : id ";" d ";" y >file
			}
	}
}'
sed -i 's/^"item 0;0";01\/03\/2019/"item 0;0";15\/03\/2019/' part-0.csv
gzip -n part-1.csv
parts=(part-0.csv part-1.csv.gz part-{2..6}.csv)
for model in auto ets; do
	learn -H 3 -m $model "${parts[@]}"
	single --by-file -H 3 -m $model --fallback none "${parts[@]}"
	[ "$single" -eq 3 ] && [ "$(wc -l <whole.csv)" -gt 60 ] ||
		fail "a single run: exit $single: $(cat whole.err)"
	[ "$(sed -n 's/^decimal //p' learned.txt)" = , ] || fail "no decimal commas"
	grep -q 'series failed' whole.r && grep -q 'part-6.csv:' whole.s ||
		fail "nothing is wrong: $(cat whole.r whole.s)"
	for n in 3 $([ $model = auto ] || echo 1 2 7); do
		same $n -H 3 -m $model --fallback none "${parts[@]}"
	done
done
single -H 3 -m ets,snaive "${parts[@]}" # models differ, which says usage
[ "$single" -eq 2 ] || fail "--learned for ets without --by-file: exit $single"
single --by-file -H 2 -m ets,snaive --align common --stale 3 "${parts[@]}"
same 3 -H 2 -m ets,snaive --align common --stale 3 "${parts[@]}"
learn -H 3 "${parts[@]}"
single -H 3 "${parts[@]}"
mv whole.csv all.csv
single --by-file -H 3 "${parts[@]}"
cmp all.csv whole.csv || fail "without --by-file: other forecasts"
same 2 -H 3 "${parts[@]}"
sed -n '/^numbers/,/^crc32/p' learned.txt | sed '$d' >numbers
"$nightcast" learn -q -H 3 "${parts[@]}" -o plain.txt 2>/dev/null
[ "$(head -n 1 plain.txt)" = '#nightcast-learned 2' ] || fail "learn is another"
sed -n '/^numbers/,/^crc32/p' plain.txt | sed '$d' | cmp - numbers ||
	fail "other numbers learnt"
refuse 1 'plain.txt: was learnt without --by-file' forecast --by-file \
	--learned plain.txt -H 3 "${parts[@]}"
learn -H 3 -m ets "${parts[@]}"
single --by-file -H 3 -m ets --ignore 2019 "${parts[@]}"
same 3 -H 3 -m ets --ignore 2019 "${parts[@]}"
single --by-file -H 3 -m ets "${parts[@]}"
# a shard reads its files and no others; names tell, and not folders
mkdir mine
cp part-{2,5}.csv mine
for k in 1 2 3; do
	"$nightcast" forecast -q --by-file --shard $k/3 --learned learned.txt -H 3 -m ets \
		"${parts[@]}" -o three.$k 2>/dev/null
done
"$nightcast" forecast -q --by-file --shard 3/3 --learned learned.txt -H 3 -m ets \
	mine/part-0.csv mine/part-1.csv.gz mine/part-{2..6}.csv -o mine.3 2>/dev/null
cmp mine.3 three.3 || fail "a shard with its own files only: $(cat said)"
"$nightcast" merge -q three.1 three.2 mine.3 2>/dev/null | cmp - whole.csv ||
	fail "merge of a shard that was made elsewhere"
# more of them than may be open
(
	ulimit -n 16
	same 7 -H 3 -m ets "${parts[@]}"
	exit $failures
) || fail "merge in passes"
[ "$("$nightcast" merge --missing f.[1245] f.7 2>/dev/null)" = 3,6 ] ||
	fail "merge --missing of shards by file"
# of other lists, of another file learnt, of shards by id
"$nightcast" forecast -q --by-file --shard 2/3 --learned learned.txt -H 3 -m ets \
	part-0.csv part-2.csv part-1.csv.gz part-{3..6}.csv -o other.2 2>/dev/null
refuse 1 'other.2: was made from another list of files than three.1' \
	merge three.1 other.2 three.3
"$nightcast" forecast -q --shard 2/3 -H 3 -m ets "${parts[@]}" -o other.2 \
	2>/dev/null
refuse 1 'other.2: was made without --by-file, and three.1 not so' merge three.1 other.2 three.3

# a series in two files: of one shard, of two, where it has no forecast
sed 's/item 3;1/item 0;1/' part-3.csv >twice-3.csv
sed 's/item 3;4/item 0;1/' part-3.csv >short-3.csv
for file in twice short; do
	list=(part-0.csv part-1.csv.gz part-2.csv $file-3.csv part-{4..6}.csv)
	refuse 1 "$file-3.csv: series 'item 0;1' is in part-0.csv as well" \
		forecast --by-file --learned learned.txt -H 3 -m ets "${list[@]}"
	refuse 1 "$file-3.csv: series 'item 0;1' is in part-0.csv as well" \
		forecast --by-file --shard 1/3 --learned learned.txt -H 3 -m ets "${list[@]}"
	refuse 1 "series 'item 0;1' is in part-0.csv as well" \
		learn --by-file -H 3 -m ets "${list[@]}"
	for k in 1 2; do
		"$nightcast" forecast -q --by-file --shard $k/2 -H 3 -m ets \
			--fallback none --learned learned.txt "${list[@]}" \
			-o f.$k --summary s.$k 2>err.$k
		[ $? -le 3 ] && [ -s f.$k ] || fail "$file: shard $k/2: $(cat err.$k)"
	done
	for what in f s; do
		refuse 1 'series "?item 0;1"? is in two of the files .* number 1 and number 4' \
			merge $what.1 $what.2
	done
done
grep -q '^[0-9]*,""#' f.2 || fail "no series without forecasts"

# what says otherwise: the part's name, in a shard and in a single run
deny() { # WORDS SED-PROGRAM
	local list=(part-0.csv part-1.csv.gz part-2.csv other.csv part-{4..6}.csv)
	sed "$2" part-3.csv >other.csv
	refuse 1 "$1" forecast --by-file --shard 2/2 --learned learned.txt -H 3 -m ets \
		"${list[@]}"
	refuse 1 "$1" forecast --by-file --learned learned.txt -H 3 -m ets "${list[@]}"
}
deny "other.csv:1: no column 'y'" '1s/y/z/'
deny "other.csv:2: column 'y': the decimal sign is a point in '[0-9.]*', and a comma as learned.txt" 's/,/./'
deny "other.csv:.* '01/15/2020' is of the form '%m/%d/%Y', and timestamps are of '%d/%m/%Y' as learned.txt" \
	's,;\(..\)/\(..\)/2020,;\2/15/2020,;s,;\(..\)/\(..\)/20[^2].,;\2/\1/2021,;/2021/d'
deny "other.csv:2: column 'ds': no timestamp in the first rows is as learned.txt says: '2019-01'" \
	's,;\(..\)/\(..\)/\(....\),;\3-\2,'
deny 'other.csv: its step is quarterly.*, and monthly.* as learned.txt says' \
	'/\/\(02\|03\|05\|06\|08\|09\|11\|12\)\//d'
deny 'other.csv: its step is daily, and monthly.* as learned.txt says' \
	's,;\(..\)/\(..\)/2022,;\2/01/2022,;/2022/!{2,$d}'
deny "other.csv: series 'item 3;0' goes on until 01/12/2023, .* all is 01/12/2022 as learned.txt" \
	's,/12/2022,/12/2023,'
deny 'timestamps are written otherwise than any that learned.txt' 's,;01/,;1/,'
# and options
for option in '--id ds' '--time y' '--value sku' '--decimal .' '--freq D' \
	'--time-format %m/%d/%Y' '-s 4' --wide; do
	# shellcheck disable=SC2086
	refuse 1 "learned.txt: was learnt with another ${option%% *}|another --season" \
		forecast --by-file --learned learned.txt -H 3 -m ets $option "${parts[@]}"
done
"$nightcast" forecast -q --by-file --learned learned.txt -H 3 -m ets --id sku --time ds \
	--value y --decimal , --time-format %d/%m/%Y -s 12 "${parts[@]}" \
	2>said | cmp - whole.csv || fail "options that say the same: $(cat said)"
# usage
refuse 2 'by-file needs --learned' forecast --by-file -H 3 -m ets "${parts[@]}"
refuse 2 'standard input is not' forecast --by-file --learned learned.txt -H 3 -m ets -
refuse 2 '7 files for 8 shards' forecast --by-file --learned learned.txt -H 3 -m ets \
	--shard 8/8 "${parts[@]}"
refuse 2 'parts needs --by-file' learn --parts 2 -H 3 -m ets "${parts[@]}"
"$nightcast" learn -q -H 3 -m ets --by-file --parts 7 "${parts[@]}" 2>/dev/null |
	cmp - learned.txt || fail "all parts are another sample"
# a sample of the parts, of which the first and the last are
"$nightcast" learn -q -H 3 -m ets --by-file --parts 3 part-0.csv nothere part-2.csv \
	part-3.csv part-5.csv nothere part-6.csv -o learned.txt 2>said
[ -s learned.txt ] && ! grep -q nothere said || fail "--parts 3: $(cat said)"
single --by-file -H 3 -m ets "${parts[@]}"
same 3 -H 3 -m ets "${parts[@]}"
learn -H 3 -m ets --parts 1 "${parts[@]}"
single --by-file -H 3 -m ets "${parts[@]}"
same 2 -H 3 -m ets "${parts[@]}"

# --max-failed is of all
same_limit() { # STATUS of merge, LIMIT
	local k
	for k in 1 2; do
		"$nightcast" forecast -q --by-file --shard $k/2 -H 3 -m ets --fallback none \
			--learned learned.txt --max-failed "$2" "${parts[@]}" \
			-o f.$k 2>err.$k
		[ $? -eq 1 ] && return
	done
	"$nightcast" merge -q f.1 f.2 -o out.csv 2>said
	[ $? -eq "$1" ] || fail "--max-failed $2: $(cat said)"
}
same_limit 3 50%
same_limit 1 1%
refuse 1 'series of this shard failed, more than --max-failed 0' forecast \
	--by-file --shard 2/2 --max-failed 0 --learned learned.txt -H 3 -m ets \
	--fallback none "${parts[@]}"

# other forms: several keys, wide, instants as integers, integers, weeks
forms() { # OPTIONS...: of a?.csv
	learn -m ets -H 2 "$@" a?.csv
	single --by-file -m ets -H 2 "$@" a?.csv
	[ "$single" -eq 0 ] && [ "$(wc -l <whole.csv)" -eq 13 ] ||
		fail "$*: exit $single: $(cat whole.err)"
	same 3 -m ets -H 2 "$@" a?.csv
}
make() { # AWK: t, p and i -> a row, and a header for t = 0
	awk "BEGIN { for (p = 1; p <= 3; p++) for (t = 0; t <= 30; t++)
		for (i = 1; i <= 2; i++) if (t > 0 || i == 1)
			print row(t, p, i) >(\"a\" p \".csv\") }
		function row(t, p, i) { y = 20 + t * (p + i) % 7; return $1 }"
}
make 't ? "s" p ",\"i," i "\"," t "," y : "store,item,t,y"'
forms --id store,item
make 't ? "s" p "-" i "," (1700000000 + 3600 * t - 800) "000," y : "unique_id,ds,y"'
forms
grep -q '^form 9 .* 1000 ' learned.txt || fail "no instants: $(sed -n 16p learned.txt)"
cp a3.csv instants.csv
sed -i 's/\(0\)000,/\1001,/' a3.csv
refuse 1 'a3.csv: .* integers such as 1700002800001 are no milliseconds' forecast \
	--by-file --shard 3/3 --learned learned.txt -m ets -H 2 a?.csv
make 't ? "s" p "-" i "," t "," y : "unique_id,ds,y"'
forms
cp instants.csv a3.csv
refuse 1 'a3.csv: its step is steps of 3600000, and steps of 1 as learned.txt' forecast \
	--by-file --shard 3/3 --learned learned.txt -m ets -H 2 a?.csv
make 't ? "s" p "-" i "," sprintf("2024-W%02d", t) "," y : "unique_id,ds,y"'
forms
for p in 1 2 3; do
	awk -v p=$p 'BEGIN { printf "id"
		for (t = 1; t <= 30; t++) printf ",%d", p == 9 ? 0 : 1990 + t
		for (i = 1; i <= 2; i++) { printf "\nw%d-%d", p, i
			for (t = 1; t <= 30; t++) printf ",%d", 20 + t * (p + i) % 7 }
		print "" }' >a$p.csv
done
forms --wide
sed -i '1s/\(,[0-9]*\)/\1-Q1/g' a3.csv
refuse 1 "a3.csv:1: column '1991-Q1' is not a timestamp like the others" forecast \
	--by-file --shard 3/3 --wide --learned learned.txt -m ets -H 2 a?.csv

printf 'ds,y\n2001,1\n2002,3\n2003,2\n' >one.csv
refuse 1 'one.csv: has no column of ids' learn --by-file -m ets -H 1 one.csv

# a learned file that was changed, with a checksum that fits
if command -v python3 >/dev/null; then
	learn -H 3 -m ets "${parts[@]}"
	for change in 's/^anchor .*/anchor 32/' 's/^wide 0/wide 1/' 's/^decimal ,/decimal ;/' \
		's/^form 8/form 0/' 's/^form 8 0/form 8 7/' 's/^pattern .*/pattern =%Q/' \
		's/^id .*/id -/' 's/^id =/id =\\/' '/^zone/d' 's/^asked 0/asked 2/' \
		's/^first .*/first x/' 's/^unit .*/unit 0/' 's/^form \(.*\) [0-9]*$/form \1/'; do
		python3 - "$change" <<-'END'
			import subprocess, sys, zlib
			text = subprocess.run(["sed", sys.argv[1], "learned.txt"],
			                      capture_output=True).stdout
			body = text[:text.rindex(b"crc32")]
			open("bad", "wb").write(body + b"crc32 %08x\n" % zlib.crc32(body))
		END
		cmp -s <(sed '$d' bad) <(sed '$d' learned.txt) && fail "$change changes nothing"
		refuse 1 'bad: its first lines are damaged' forecast --by-file \
			--learned bad -H 3 -m ets "${parts[@]}"
	done
fi
# steps that are no number of days
awk 'BEGIN {
	print "unique_id,ds,y"
	for (s = 0; s < 3; s++)
		for (m = 0; m < 60; m++)
			for (d = 1; d < 16; d += 14)
				printf "a%d,%d-%02d-%02d,%d\n", s, 2018 + int(m / 12),
					m % 12 + 1, d, 50 + s + (m * 7 + d) % 5
}' >semi.csv
learn -H 3 semi.csv
"$nightcast" learn -q -H 3 semi.csv -o plain.txt
"$nightcast" forecast -q -H 3 semi.csv >whole.csv
for file in learned.txt plain.txt; do
	"$nightcast" forecast -q -H 3 --learned $file semi.csv | cmp - whole.csv ||
		fail "$file of a step twice a month"
done
# more files than may be open: as far as this may be raised
mkdir many
for i in $(seq 60); do
	printf 'unique_id,ds,y\ns%s,2024-01-01,1\ns%s,2024-01-02,2\n' $i $i \
		>many/$i.csv
done
(ulimit -Sn 40 && "$nightcast" forecast -q -H 1 -m naive many/*.csv >out.csv) ||
	fail "60 files where 40 may be open, but more may be allowed"
[ "$(wc -l <out.csv)" -eq 61 ] || fail "forecasts of 60 files"
(ulimit -n 40 && "$nightcast" forecast -q -H 1 -m naive many/*.csv 2>err) &&
	fail "60 files where 40 may be open"
grep -q '60 inputs are more than this process may open' err ||
	fail "too many files: $(cat err)"
finish
