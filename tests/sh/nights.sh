#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Nights with a store: what is scored, against the same sums made here from the
# outputs; what is not fitted again, with the same bytes; corrections; pruning.
. tests/sh/setup.bash
cd "$work" || exit 1

# 20 series with a season of seven; night K has 60 + K values
make_input() { # DAYS, [series]
	awk -v days="$1" -v n="${2:-20}" 'BEGIN {
		srand(7)
		print "unique_id,ds,y"
		for (i = 1; i <= n; i++) {
			for (t = 0; t < 80; t++)
				y[t] = 100 + i + 9 * sin(t * 0.8975979) + 8 * (rand() - 0.5)
			for (t = 0; t < days; t++)
				printf "s%02d,%d,%.3f\n", i, t + 1, y[t]
		}
	}'
}
for k in 0 1 2 3; do
	make_input $((60 + k)) >in$k.csv
done
# as everything is fitted from the beginning, so that it is known what comes out
night() { # K [options]
	local k=$1
	shift
	case " $*" in *' --refit '*) ;; *) set -- --refit 1 "$@" ;; esac
	"$nightcast" forecast -q -H 5 -s 7 -m "${models:-ets}" in"$k".csv -o f"$k".csv \
		--store st.db --summary s"$k".csv "$@" || fail "night $k: exit $?"
}
ask() {
	sqlite3 "$@" 2>&1
}
command -v sqlite3 >/dev/null || {
	echo "skipped: sqlite3 is not there"
	exit 0
}
same_summary() { # but for the seconds
	cmp -s <(sed 's/,[^,]*$//' "$1") <(sed 's/,[^,]*$//' "$2")
}

for k in 0 1 2; do night $k; done
night 3

# The scores of each night and lead.  The naive forecast from day O is the
# value a week before; the scale is the mean of what it errs by up to O.
expected_scores() { # K of the night, K of the actual values
	awk -F, -v days=$((60 + $1)) -v m=7 '
	FNR == 1 { next }
	NR == FNR { y[$1, $2] = $3; if ($2 > last) last = $2; next }
	{
		t = $2; id = $1; h = t - days
		if (t > last) next
		sum = n = 0
		for (d = m + 1; d <= days; d++) {
			e = y[id, d] - y[id, d - m]
			sum += e < 0 ? -e : e
			n++
		}
		e = (y[id, t] - $4) / (sum / n)
		v = (y[id, t] - y[id, t - m]) / (sum / n)
		N[h]++; bias[h] += e
		size[h] += e < 0 ? -e : e
		naive[h] += v < 0 ? -v : v
		in80[h] += y[id, t] >= $5 && y[id, t] <= $6
		in95[h] += y[id, t] >= $7 && y[id, t] <= $8
	}
	END {
		for (h = 1; h in N; h++)
			printf "%d %d %.5f %.5f %.5f %.5f %.5f\n", h, N[h],
				size[h] / N[h], bias[h] / N[h], 1 - size[h] / naive[h],
				in80[h] / N[h], in95[h] / N[h]
	}' "in$2.csv" "f$1.csv"
}
stored_scores() { # number of the night
	ask -separator ' ' st.db "SELECT s.lead, s.n, printf('%.5f', s.mase),
		printf('%.5f', s.bias), printf('%.5f', s.value_added),
		printf('%.5f', a.coverage), printf('%.5f', b.coverage)
		FROM scores s
		JOIN coverages a ON a.night = s.night AND a.lead = s.lead
			AND a.level = 80
		JOIN coverages b ON b.night = s.night AND b.lead = s.lead
			AND b.level = 95
		WHERE s.night = $1 ORDER BY s.lead"
}
for k in 0 1 2; do
	expected=$(expected_scores $k 3)
	stored=$(stored_scores $((k + 1)))
	[ "$(echo "$expected" | wc -l)" -eq $((3 - k)) ] || fail "not $((3 - k)) leads"
	[ "$expected" = "$stored" ] ||
		fail "night $k: scores $(diff <(echo "$expected") <(echo "$stored"))"
done
# what is kept of a forecast reads back as the nearest float
ask -separator ' ' st.db "SELECT id, 60 + lead, printf('%.6g', value)
	FROM forecasts WHERE night = 1 AND quantity = 'mean'
	ORDER BY id, lead" >got
awk -F, 'NR > 1 { printf "%s %d %.6g\n", $1, $2, $4 }' f0.csv | sort >want
[ "$(wc -l <got)" -eq 100 ] && cmp -s got want || fail "the view of forecasts: $(diff got want | head -n 3)"
[ "$(ask st.db 'PRAGMA integrity_check')" = ok ] || fail "integrity"

# What history tells of it
"$nightcast" history st.db -o - | awk -F, -v OFS=' ' '
	NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ printf "%s %s %s %s %s\n", $at["night"], $at["origin"], $at["series"],
		$at["model"], $at["scored"] }' >got
printf '%s\n' '1 60 20 ets 60' '2 61 20 ets 40' '3 62 20 ets 20' '4 63 20  0' >want
cmp -s got want || fail "history: $(diff got want)"
"$nightcast" history --by lead st.db -o - | tail -n +2 |
	awk -F, '{ printf "%d %d %.5f\n", $1, $3, $4 }' >got
for h in 1 2 3; do
	for k in 0 1 2; do expected_scores $k 3; done |
		awk -v h=$h '$1 == h { n += $2; sum += $2 * $3 }
			END { printf "%d %d %.5f\n", h, n, sum / n }'
done >want
awk 'NR == FNR { a[$1] = $2; b[$1] = $3; next }
	$2 != a[$1] || $3 - b[$1] > 2e-5 || b[$1] - $3 > 2e-5 { exit 1 }' want got ||
	fail "history by lead: $(diff got want)"
[ "$("$nightcast" history --by series --worst 3 st.db -o - | wc -l)" = 4 ] ||
	fail "history by series"
[ "$("$nightcast" history --changes st.db -o - | head -n 1)" = series,model,moved,before,after,why ] ||
	fail "history of changes"
"$nightcast" history st.db >got || fail "history: exit $?"
[ "$(wc -l <got)" = 10 ] || fail "history: $(cat got)"
"$nightcast" history in0.csv 2>stderr
[ $? -eq 1 ] && grep -q 'in0.csv: is not a store' stderr || fail "history of a table"

# The forecasts are those of a run without a store
"$nightcast" forecast -q -H 5 -s 7 -m ets in3.csv -o plain.csv --summary plain-s.csv
cmp -s f3.csv plain.csv || fail "other forecasts than without a store"

# Nothing has changed: nothing is fitted, and the bytes are the same, seconds
# too, as these are what the fits took
cp f3.csv before.csv
cp s3.csv before-s.csv
night 3
cmp -s f3.csv before.csv && cmp -s s3.csv before-s.csv ||
	fail "other bytes when nothing has changed"
[ "$(ask st.db 'SELECT reused FROM nights WHERE night = 5')" = 20 ] ||
	fail "not all were taken from the last night"
# and a value is scored once, by what was said last from one origin
[ "$(stored_scores 3)" = "$(expected_scores 2 3)" ] || fail "scored twice"

# Every one of these makes results of last night no good
stays() { # REUSED, WORDS
	[ "$(ask st.db 'SELECT reused FROM nights ORDER BY night DESC LIMIT 1')" = "$1" ] ||
		fail "$2: not $1 series were reused"
}
night 3 -l 90
stays 0 "another level"
night 3 -l 90 --non-negative
stays 0 "another option"
night 3 -l 90 --non-negative -j 1
stays 20 "other threads"
sed 's/^s03,20,.*/s03,20,104.5/' in3.csv >changed.csv
mv changed.csv in3.csv
night 3 -l 90 --non-negative
stays 19 "a value of the past"
[ "$(ask st.db 'SELECT corrected FROM nights ORDER BY night DESC LIMIT 1')" = 1 ] ||
	fail "the correction was not noticed"
grep -q '^s03,.*past values have changed since the last night' s3.csv ||
	fail "the summary does not say what was corrected"
"$nightcast" forecast -q -H 5 -s 7 -m ets -l 90 --non-negative in3.csv -o plain.csv
cmp -s f3.csv plain.csv || fail "other forecasts after a correction"

# a file that has lost its oldest rows is no correction
awk -F, 'NR == 1 || ($2 > 3 && $2 <= 63)' in3.csv >moved.csv
make_input 64 | awk -F, '$2 == 64' | sort -u >>moved.csv
mv moved.csv in4.csv
night 4 -l 90
[ "$(ask st.db 'SELECT corrected FROM nights ORDER BY night DESC LIMIT 1')" = 0 ] ||
	fail "rows that are gone taken for corrections"

# the last nights stay, and nothing of the others
night 4 -l 90 --keep 2
[ "$(ask st.db 'SELECT count(*), min(night) FROM nights')" = '2|10' ] ||
	fail "pruned: $(ask st.db 'SELECT count(*), min(night) FROM nights')"
for table in score cover quantity; do
	[ "$(ask st.db "SELECT count(*) FROM $table WHERE night < 10")" = 0 ] ||
		fail "$table is not pruned"
done
[ "$(ask st.db 'SELECT (SELECT count(*) FROM part WHERE key >> 41 < 10)
	+ (SELECT count(*) FROM told WHERE night < 10)')" = 0 ] ||
	fail "forecasts are not pruned"
# a series that is gone stays until then
grep -v '^s20,' in4.csv >in5.csv
night 5 -l 90 --keep 2
[ "$(ask st.db "SELECT count(*) FROM series WHERE id = 's20'")" = 1 ] ||
	fail "a series that is gone was removed at once"
night 5 -l 90 --keep 2
[ "$(ask st.db "SELECT count(*) FROM series WHERE id = 's20'")" = 0 ] ||
	fail "a series that is gone is never removed"
[ "$(ask st.db 'SELECT count(*) FROM kept')" = 19 ] || fail "its results stay"

# Models beside each other, and one that is not asked for any more
models=ets,naive
night 5 -l 90
stays 0 "another list of models"
[ "$(ask st.db 'SELECT count(*) FROM kept')" = 38 ] || fail "two models"
models=naive
night 5 -l 90
unset models
stays 19 "one of the models before"
[ "$(ask st.db 'SELECT count(*) FROM kept')" = 19 ] || fail "a model of before is kept"

# What auto learns holds for as many nights as asked for
rm -f st.db
learnt() {
	ask st.db 'SELECT group_concat(learnt, "") FROM (SELECT learnt FROM nights ORDER BY night)'
}
models=auto
for k in 0 0 1 2; do night $k --relearn 3; done
[ "$(learnt)" = 1001 ] || fail "learnt in nights $(learnt), not 1001"
cp f0.csv first.csv
"$nightcast" forecast -q -H 5 -s 7 in0.csv -o plain.csv
cmp -s f0.csv plain.csv || fail "auto: other forecasts than without a store"

# Outputs are the same for any number of threads
for j in 1 4; do
	rm -f st.db
	for k in 0 1 2; do night $k -j $j; done
	cp f2.csv j$j.csv
	cp s2.csv j$j-s.csv
done
cmp -s j1.csv j4.csv && same_summary j1-s.csv j4-s.csv || fail "other bytes with other threads"

# Fits that start from last night's: each from the beginning in seven nights, but
# never all of them, and few others than those of a run without a store
unset models
rm -f st.db
for k in 0 1 2 3 4 5 6 7 8; do make_input $((60 + k)) >in$k.csv; done
# forms that were searched for and are others, and those that came next in a
# search and are better by now
reasons() { # NIGHT
	paste -d, <(cut -d, -f 1,7- s$(($1 - 1)).csv) <(cut -d, -f 1,7- s"$1".csv) |
		sed -nE 's/^(s[0-9]+),.*"(ETS[^"]*)".*"(ETS[^"]*)".*/\1 \2 \3/p' |
		while read -r id old new; do
			[ "$old" != "$new" ] || continue
			[ "$(ask st.db "SELECT fit.night FROM fit JOIN series ON
				series = key >> 10 WHERE id = '$id'")" = $(($1 + 1)) ] &&
				echo "$id new form" || echo "$id runner-up form"
		done
}
for k in 0 1 2 3 4 5 6 7; do
	night $k --refit 7
	[ $k -gt 0 ] || continue
	reasons $k | sort >want
	"$nightcast" history --changes --worst 100 st.db -o - |
		sed -nE 's/^(s[0-9]+),.*[,"]((surprising value, )?)((new|runner-up) form)"?$/\1 \4/p' |
		sort >got
	cmp -s got want || fail "night $k: why forecasts moved: $(diff want got)"
	cat want >>forms
done
grep -q new forms && grep -q runner-up forms || fail "no other forms: $(cat forms)"
"$nightcast" forecast -H 5 -s 7 -m ets in8.csv -o f8.csv --store st.db --summary \
	s8.csv --refit 7 --metrics m.prom --log-format json 2>last || fail "exit $?"
[ "$(ask st.db 'SELECT min(warm) BETWEEN 10 AND 19 FROM nights WHERE night > 1')" = 1 ] ||
	fail "warm: $(ask st.db 'SELECT group_concat(warm) FROM nights')"
warm=$(ask st.db 'SELECT warm FROM nights WHERE night = 9')
grep -q "^nightcast_warm_series{.*} $warm\$" m.prom &&
	grep -q "\"unchanged\":0,\"warm\":$warm,\"corrected\":0" last ||
	fail "$warm warm: $(grep warm m.prom) $(cat last)"
[ "$(ask st.db 'SELECT count(*), max(night) <= 9 AND min(night) > 2 FROM fit')" = '20|1' ] ||
	fail "ages: $(ask st.db 'SELECT group_concat(9 - night) FROM fit')"
[ "$(ask st.db 'SELECT max(length(numbers)) <= 1024 FROM fit')" = 1 ] ||
	fail "fits are large"
"$nightcast" forecast -q -H 5 -s 7 -m ets in8.csv -o plain.csv --summary plain-s.csv
forms() { # that are others
	paste -d ' ' <(grep -o 'ETS([^)]*)' "$1") <(grep -o 'ETS([^)]*)' "$2") |
		awk '$1 != $2' | wc -l
}
far() { # forecasts that are not within 1%
	paste -d, "$1" "$2" | awk -F, 'NR > 1 {
		d = $4 - $12
		if (d > 0.01 * $12 || d < -0.01 * $12) n++
	}
	END { print n + 0 }'
}
[ "$(far f8.csv plain.csv)" -le 25 ] && [ "$(forms s8.csv plain-s.csv)" -le 5 ] ||
	fail "warm fits: $(far f8.csv plain.csv) of 100 forecasts and $(forms s8.csv plain-s.csv) forms are others"
# nor with other options or another build, and a line says so
cp "$nightcast" rebuilt && printf '\n' >>rebuilt
others() { # PROGRAM [OPTION]
	cp st.db other.db
	"$1" forecast -H 5 -s 7 -m ets in8.csv -o f.csv --store other.db "${@:2}" 2>said ||
		fail "$*: exit $?"
	grep -q 'night 10: 20 of 20 series begin from nothing: their last fits are of other' said ||
		fail "$*: not said: $(cat said)"
}
others "$nightcast" --non-negative
others ./rebuilt
# not after a surprise, nor after a correction
make_input 69 | awk -F, -v OFS=, '$2 == 69 && $1 == "s05" { $3 += 90 }
	$2 == 9 && $1 == "s06" { $3 += 1 } { print }' >in9.csv
night 9 --refit 1000
[ "$(ask st.db "SELECT group_concat(id) FROM (SELECT id FROM fit JOIN series
	ON series = key >> 10 WHERE fit.night = 10 ORDER BY id)")" = s05,s06 ] ||
	fail "surprised and corrected ones are not fitted anew, or others are: $(ask st.db "SELECT group_concat(id || ' ' || fit.night) FROM fit JOIN series ON series = key >> 10")"
# series that began elsewhere, with other models
for models in ets arima ces scum auto; do
	rm -f st.db
	night 7 --refit 1000
	awk -F, 'NR == 1 || $2 > 3' in8.csv >moved.csv
	mv in8.csv whole.csv
	mv moved.csv in8.csv
	night 8 --refit 1000
	[ "$(ask st.db 'SELECT sum(warm) >= 15 FROM nights')" = 1 ] ||
		fail "$models: $(ask st.db 'SELECT group_concat(warm) FROM nights') warm"
	"$nightcast" forecast -q -H 5 -s 7 -m $models in8.csv -o plain.csv
	[ "$(far f8.csv plain.csv)" -le 30 ] ||
		fail "$models: $(far f8.csv plain.csv) of 100 forecasts of moved series are others"
	mv whole.csv in8.csv
done
models=auto
for j in 1 4; do
	rm -f st.db
	for k in 0 1 2; do night $k -j $j --refit 7; done
	cp f2.csv j$j.csv
done
cmp -s j1.csv j4.csv || fail "warm: other bytes with other threads"
unset models

# What was learnt is learnt anew when many series go astray
rm -f st.db
for k in 0 1 2 3 4 5 6; do
	make_input $((60 + k)) 8 | awk -F, -v OFS=, \
		'$1 <= "s06" && $2 > 61 { $3 += 25 * ($2 - 61) ^ 2 } { print }' >in.csv
	"$nightcast" forecast -H 3 -s 7 in.csv -o f.csv --store st.db --relearn 1000 \
		2>>said || fail "exit $?"
done
grep -q 'learnt from this night.s series, as more of them drift than in night 1' said ||
	fail "not learnt anew: $(cat said)"

# A store for every shard, and what all of them come to
for k in 0 1; do
	for shard in 1 2; do
		"$nightcast" forecast -q -H 5 -s 7 -m ets in$k.csv -o part.csv \
			--store 'part-{K}.db' --shard $shard/2 || fail "shard $shard: exit $?"
	done
done
rm -f whole.db
for k in 0 1; do
	"$nightcast" forecast -q -H 5 -s 7 -m ets in$k.csv -o out.csv --store whole.db
done
"$nightcast" history --by lead part-1.db part-2.db >got
"$nightcast" history --by lead whole.db | cmp -s - got || fail "shards: $(cat got)"

# What goes astray: the level of one series moves away, night by night
rm -f st.db
astray=0 counted=0
for k in $(seq 0 11); do
	make_input $((60 + k)) 4 | awk -F, -v OFS=, \
		'$1 == "s02" && $2 > 60 { $3 += 30 * ($2 - 60) } { print }' >in.csv
	"$nightcast" forecast -q -H 3 -s 7 -m mean in.csv -o f.csv --store st.db \
		--summary s.csv --metrics m.prom || fail "exit $?"
	grep -qE '^s02,.*drifting: ' s.csv && astray=$((astray + 1))
	grep -qE '^nightcast_drifting_series\{.*\} [1-4]$' m.prom &&
		counted=$((counted + 1))
done
[ $astray -ge 2 ] || fail "a level that moves away was seen $astray times"
[ $counted -ge $astray ] || fail "the metrics do not count what drifts"

# How large a store is, in whole pages: beyond 4 bytes for a number that is kept
# to be scored at most 64 bytes a series and night, and beyond 8 bytes for a
# number of the last night at most 1 KB and 16 bytes a seasonal state a series
if [ "$(ask st.db 'SELECT count(*) > 0 FROM dbstat')" = 1 ]; then
	make_input 70 3000 >in.csv # with a deadline, the last are fitted first
	rm -f st.db
	for k in 1 2; do
		"$nightcast" forecast -q -H 18 -s 7 -m ets -j 2 in.csv -o f.csv \
			--store st.db --deadline 10h || fail "exit $?"
	done
	size() { # TABLES NUMBERS SERIES MOST
		ask st.db "SELECT (SELECT sum(pgsize) FROM dbstat WHERE name IN ($1)) - ($2)
			<= $4 * ($3)"
	}
	told='SELECT sum(series) FROM told'
	[ "$(size "'told','part'" "4 * 18 * 5 * ($told)" "$told" 64)" = 1 ] || fail "what is to be scored is too large"
	[ "$(size "'kept','fit','series','record','sqlite_autoindex_series_1'" \
		'SELECT sum(length(numbers)) FROM kept' 'SELECT count(*) FROM series' '(1024 + 16 * 7)')" = 1 ] || fail "what is kept of the last night is too large"
fi
finish
