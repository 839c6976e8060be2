#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# --by-file with regressors and events: the merged shards are the bytes of a
# single run over all files that learns itself; a file has its columns in an
# order of its own, and what is wrong with one says which.
. tests/sh/setup.bash
cd "$work" || exit 1
known=(--regressors 'price,promo,lag(deal,1)' --events events.csv)
# learn OPTIONS...: as learned.txt
learn() {
	"$nightcast" learn -q -H 14 -m "${model:-ets}" --by-file -o learned.txt "$@" 2>said ||
		fail "learn $*: $(cat said)"
}
run() { # OUT OPTIONS...
	local out=$1
	shift
	"$nightcast" forecast -q -H 14 -m "${model:-ets}" "$@" -o "$out" 2>said
	case $? in
	0 | 3) ;;
	*) fail "forecast $*: $(cat said)" ;;
	esac
}
shards() { # N OPTIONS...: merged, as merged.csv and merged.s
	local n=$1 k
	shift
	rm -f f.* s.*
	for k in $(seq "$n"); do
		run "f.$k" --by-file --shard "$k/$n" --learned learned.txt \
			-j $((k % 3 + 1)) --summary "s.$k" "$@"
	done
	for what in f s; do
		"$nightcast" merge -q $what.* -o merged.$what 2>said
		case $? in
		0 | 3) ;;
		*) fail "merge of $what, $*: $(cat said)" ;;
		esac
	done
}
# refuse STATUS WORDS OPTIONS...: of forecast
refuse() {
	local status=$1 words=$2 got
	shift 2
	"$nightcast" forecast -q -H 14 -m ets --by-file --learned "${learned:-learned.txt}" \
		-o out.csv --summary out.s "$@" >said 2>&1
	got=$?
	[ $got -eq "$status" ] || fail "$*: exit $got: $(cat said)"
	grep -qE -- "$words" said || fail "$*: no '$words': $(cat said)"
}

# Five files of whole sales and decimal prices, with commas; the third has other
# columns, the fourth no rows; the first knows no promotion B.  Whatever is
# random is a Lehmer generator's.
cat >events.csv <<-END
	event,date,from,to,after
	easter,2023-04-10,,,1
	mary,,2023-08-15,2023-08-16,
	mary,2024-01-30,,,
END
seq -f '2023-01-02 + %g days' 0 399 | LC_ALL=C TZ=UTC date -f - +%F >days
LC_ALL=C awk '
function random() { seed = seed * 16807 % 2147483647; return seed / 2147483647 }
{ day[++n] = $1 }
END {
	seed = 5
	split("1 1 1.1 1.2 1.6 1.8 1.3", week, " ")
	for (p = 0; p < 5; p++) {
		file = "p" p ".csv"
		print p == 2 ? "price;id;deal;ds;promo;y;x" : "id;ds;y;price;promo;deal" >file
		for (i = 0; i < 3 && p != 3; i++)
			for (t = 1; t <= n; t++) {
				price = 70 + 5 * int(random() * 7)
				u = random()
				promo = u < .7 ? "none" : u < .85 ? "A" : p == 0 ? "none" : "B"
				deal = random() < .2
				y = (200 + 40 * i + 10 * p) * week[(t - 1) % 7 + 1] * 100 / price
				y = int(y * (promo == "A" ? 1.3 : promo == "B" ? 1.6 : 1) * (.95 + .1 * random()))
				y = t > 386 ? "" : y
				cents = sprintf("%d,%02d", price / 10, price % 10 * 10)
				id = "s" p "-" i
				row = id ";" day[t] ";" y ";" cents ";" promo ";" deal
				if (p == 2)
					row = cents ";" id ";" deal ";" day[t] ";" promo ";" y ";x"
				print row >file
			}
	}
}' days
parts=(p0.csv p1.csv p2.csv p3.csv p4.csv)

for model in ets auto; do
	learn "${known[@]}" "${parts[@]}"
	[ "$(head -n 1 learned.txt)" = '#nightcast-learned 6' ] &&
		grep -qx 'sign ,' learned.txt && grep -qx 'decimal \.' learned.txt ||
		fail "learned.txt: $(head -n 3 learned.txt)"
	run one.csv --summary one.s "${known[@]}" "${parts[@]}"
	[ "$(wc -l <one.csv)" -eq 169 ] && grep -q ',ok,' one.s ||
		fail "a run that learns itself: $(cat said)"
	run whole.csv --by-file --learned learned.txt --effects effects.csv \
		--components components.csv "${known[@]}" "${parts[@]}"
	cmp whole.csv one.csv || fail "$model: --by-file is not one run"
	run /dev/null --effects effects.one --components components.one \
		"${known[@]}" "${parts[@]}"
	cmp effects.csv effects.one && cmp components.csv components.one ||
		fail "$model: other effects by file"
	for n in $([ $model = auto ] && echo 3 || echo 1 2 5); do
		shards $n "${known[@]}" "${parts[@]}"
		cmp merged.f one.csv || fail "$model: $n shards are not one run"
		cmp <(cut -d, -f 1-10 merged.s) <(cut -d, -f 1-10 one.s) ||
			fail "$model: $n shards have another summary"
	done
done
model=ets
# as if it were known by others: unknown, another future, a file of the future
for more in '--regressors-unknown price,deal' '--set promo=A,price*0.9'; do
	# shellcheck disable=SC2086
	learn "${known[@]}" "${parts[@]}" && run one.csv $more "${known[@]}" "${parts[@]}"
	# shellcheck disable=SC2086
	shards 3 $more "${known[@]}" "${parts[@]}"
	cmp merged.f one.csv || fail "$more: shards are not one run"
done
for p in 0 1 2 3 4; do
	column=$([ $p -eq 2 ] && echo 6 || echo 3)
	awk -F ';' -v c="$column" 'NR == 1 || $c != ""' p$p.csv >past$p.csv
done
{ head -n 1 p0.csv | cut -d ';' -f 1,2,4-
	for p in 0 1 4; do awk -F ';' '$3 == "" { print $1 ";" $2 ";" $4 ";" $5 ";" $6 }' p$p.csv; done
	awk -F ';' '$6 == "" { print $2 ";" $4 ";" $1 ";" $5 ";" $3 }' p2.csv; } >future.csv
run one.csv "${known[@]}" "${parts[@]}"
learn "${known[@]}" past?.csv
shards 3 "${known[@]}" --future future.csv past?.csv
cmp merged.f one.csv || fail "--future: shards are not one run"
"$nightcast" forecast -H 14 -m ets --by-file --shard 2/3 --learned learned.txt "${known[@]}" \
	--future future.csv past?.csv -o out.csv 2>said
grep -q 'of no series' said && fail "others' rows of the future: $(cat said)"

# events alone, and a calendar
learn --events events.csv "${parts[@]}"
run one.csv --events events.csv "${parts[@]}"
shards 3 --events events.csv "${parts[@]}"
cmp merged.f one.csv || fail "events: shards are not one run"
{ printf 'BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n'
	for d in 20230410 20230815; do
		printf 'BEGIN:VEVENT\r\nUID:%s\r\nDTSTART;VALUE=DATE:%s\r\nRRULE:FREQ=YEARLY\r\nSUMMARY:day %s\r\nEND:VEVENT\r\n' $d $d $d
	done
	printf 'END:VCALENDAR\r\n'; } >days.ics
as=(--events days.ics --events-as 'day 20230815=Sunday')
learn "${as[@]}" "${parts[@]}"
run one.csv "${as[@]}" "${parts[@]}"
shards 2 "${as[@]}" "${parts[@]}"
cmp merged.f one.csv || fail "a calendar: shards are not one run"

# learnt from some of the files: what these do not know is the usual
sed 's/^s0/s9/' p0.csv >p9.csv
learn --parts 2 "${known[@]}" p0.csv p1.csv p2.csv p3.csv p9.csv
grep -qx 'promo=B' learned.txt && fail "B is not in the parts"
printf 'event,date,id\nfair,2023-04-10,s0-1\nfair,2023-08-15,s2-1\n' >keys.csv
"$nightcast" learn --by-file --parts 2 -H 14 -m ets --events keys.csv p0.csv p2.csv p9.csv \
	-o learned.parts 2>said || fail "learn --parts: exit $?: $(cat said)"
grep -q 'for no series' said && fail "events of other parts: $(cat said)"
"$nightcast" forecast -H 14 -m ets --by-file --shard 2/2 --learned learned.txt "${known[@]}" \
	p0.csv p1.csv -o out.csv 2>said || fail "a new text: exit $?"
grep -q "was not learnt counts as the usual one: promo: 'B'" said ||
	fail "a text that was not learnt: $(cat said)"

# whose fault it is
learn "${known[@]}" "${parts[@]}"
sed '1s/;price;/;cost;/' p4.csv >other.csv
refuse 1 "^nightcast: other.csv:1: --regressors: no column is called 'price'" \
	"${known[@]}" p0.csv other.csv
refuse 1 "^nightcast: other.csv:1: --regressors: no column is called 'price'" \
	--shard 2/2 "${known[@]}" p0.csv other.csv
awk -F ';' 'BEGIN { OFS = FS } NR == 40 { $4 = "cheap" } 1' p4.csv >other.csv
refuse 3 "series 's4-0' failed: other.csv:40: column 'price': .*'cheap'" \
	"${known[@]}" p0.csv other.csv
awk -F ';' 'BEGIN { OFS = FS } NR == 40 { $4 = "" } 1' p4.csv >other.csv
refuse 3 "series 's4-0' failed: other.csv: 'price' has no value for 2023-02-09" \
	"${known[@]}" p0.csv other.csv
awk -F ';' 'BEGIN { OFS = FS } $2 == "2024-01-25" { $4 = "" } 1' p4.csv >other.csv
refuse 3 "series 's4-0' fell back: without regressors, .* 'price' has no value for 2024-01-25" \
	"${known[@]}" p0.csv other.csv
# a column of numbers in the first file that is text in another, and the other
# way round: what was learnt says which it is
awk -F ';' 'BEGIN { OFS = FS } NR > 1 { $5 = NR % 9 ? 1 : 2 } 1' p4.csv >other.csv
run out.csv --by-file --learned learned.txt "${known[@]}" other.csv
[ "$(wc -l <out.csv)" -eq 43 ] || fail "a text that looks like numbers: $(cat said)"
awk -F ';' 'BEGIN { OFS = FS } NR > 1 { $6 = "many" } 1' p4.csv >other.csv
refuse 1 "other.csv:2: column 'deal': .*'many'" "${known[@]}" other.csv
for other in 'price' 'price,deal'; do
	refuse 1 "learned.txt|is not what was learnt" --regressors $other \
		--events events.csv "${parts[@]}"
done
refuse 1 'learned.txt: was learnt with regressors' --events events.csv "${parts[@]}"
refuse 1 'learned.txt: was learnt with events' --regressors 'price,promo,lag(deal,1)' \
	"${parts[@]}"
learn "${parts[@]}"
refuse 1 'learned.txt: was learnt without regressors' "${known[@]}" "${parts[@]}"

# a learned file that was changed, with a checksum that fits
if command -v python3 >/dev/null; then
	learn "${known[@]}" "${parts[@]}"
	for change in 's/^sign ,/sign ;/' '/^sign/d' 's/^sign ,/sign ,,/' 's/^events .*/events 99/' \
		'1s/6/5/' '1s/6/4/' '1s/6/3/'; do
		python3 - "$change" <<-'END'
			import subprocess, sys, zlib
			text = subprocess.run(["sed", sys.argv[1], "learned.txt"],
			                      capture_output=True).stdout
			body = text[:text.rindex(b"crc32")]
			open("bad", "wb").write(body + b"crc32 %08x\n" % zlib.crc32(body))
		END
		learned=bad refuse 1 'bad: ' "${known[@]}" "${parts[@]}"
	done
fi

# what is text is seen in every file, however long the first one is
for f in long short; do
	LC_ALL=C awk -v f=$f 'BEGIN {
		n = f == "long" ? 20 : 2
		print "unique_id,ds,y,promo"
		for (i = 1; i <= n; i++)
			for (t = 1; t <= 110; t++) {
				has = f == "short" && t % 5 == i
				print f i "," t "," 100 + 20 * has + (t * 7 + i) % 11 "," \
					(f == "long" ? "" : has ? "A" : "none")
			}
	}' >$f.csv
done
for order in 'long.csv short.csv' 'short.csv long.csv'; do
	# shellcheck disable=SC2086
	"$nightcast" forecast -q -H 1 -m ets --regressors promo \
		--missing-regressors zero --regressors-unknown promo \
		-o out.csv --effects "effects ${order%%.*}" $order 2>said
	case $? in 0 | 3) ;; *) fail "$order: $(cat said)" ;; esac
done
grep -q '^short1,promo=A' 'effects long' || fail "no text behind a long file: $(cat 'effects long')"
cmp <(sort 'effects long') <(sort 'effects short') || fail "the order of files decides what is text"
finish
