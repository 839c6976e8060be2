#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# The page of `report` as a file: whole, with nothing to load, with a policy
# that names its own scripts; what it is made from; what it refuses.
# (make test-browser looks at it as a reader does.)
. tests/sh/setup.bash
cd "$work" || exit 1
data=$project/data/monthly.csv
"$nightcast" report --help >help || fail 'report --help'

"$nightcast" backtest -q -H 12 --origins 2 -m ets,snaive "$data" --csv \
	--steps steps.csv -o rows.csv >table.csv || fail 'backtest --steps'
# what was forecast is what was scored, counted again by awk
[ "$(head -n 1 steps.csv)" = \
	unique_id,model,origin,step,actual,mean,lo-80,hi-80,lo-95,hi-95 ] ||
	fail "steps: $(head -n 1 steps.csv)"
awk -F, 'function abs(x) { return x < 0 ? -x : x }
	NR > 1 {
		k = $1 "," $2 "," $3
		if ($4 != ++n[k]) print "step", $4, "of", k
		e[k] += abs($5 - $6); in95[k] += $5 >= $9 && $5 <= $10
	}
	END { for (k in n) printf "%s,%d,%.9g,%.6f\n", k, n[k], e[k] / n[k], in95[k] / n[k] }' \
	steps.csv | sort >counted
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	{ printf "%s,%s,%s,%d,%.9g,%.6f\n", $1, $2, $3, $at["steps"], $at["mae"], $at["cover-95"] }' \
	rows.csv | sort >scored
cmp -s counted scored || fail "steps: $(diff counted scored | head -n 4)"
for jobs in 1 2; do
	"$nightcast" backtest -q -j $jobs -H 12 --origins 2 -m auto,naive "$data" \
		--steps s$jobs.csv >/dev/null || fail "backtest -j $jobs"
done
cmp -s s1.csv s2.csv || fail '--steps depends on -j'

"$nightcast" forecast -q -H 12 -m ets,snaive "$data" -o f.csv \
	--summary s.csv --trace t.json || fail forecast
if ! "$nightcast" report -q f.csv --train "$data" -o page.html 2>message; then
	grep -q 'built without' message || fail "report: $(cat message)"
	"$nightcast" forecast -q -H 12 "$data" -o g.csv --report g.html 2>message
	[ $? -eq 1 ] || fail 'forecast --report without charts'
	[ ! -e g.csv ] && [ ! -e g.html ] || fail 'something was written'
	echo "SKIP: the page: nightcast was built without libjs-dygraphs"
	finish
fi

# Nothing that could be loaded, outside of the scripts, which may not load.
awk 'BEGIN { RS = "<script" } NR > 1 { sub(/.*<\/script>/, "") } 1' \
	page.html >bare.html
grep -q '<main>' bare.html || fail 'the page has no body'
grep -oE '(src|href|srcset|action|url)[=(]"?[^"# >]+' bare.html &&
	fail 'the page names other files'
grep -q 'sourceMappingURL' page.html && fail 'a source map'
grep -oE '<[a-z]+[^>]* on[a-z]+=' page.html && fail 'a handler in the HTML'
policy=$(grep -o "default-src 'none'; script-src[^\"]*" page.html)
for word in "style-src 'unsafe-inline'" "base-uri 'none'" "form-action 'none'"; do
	[[ $policy == *"$word"* ]] || fail "the policy lacks $word"
done
[[ $policy == *unsafe-eval* || $policy == *"script-src 'unsafe"* ]] &&
	fail "policy: $policy"
# the two scripts are those of the policy
awk 'BEGIN { RS = "<script>"; n = 0 }
	NR > 1 { sub(/<\/script>.*/, ""); printf "%s", $0 >("script" ++n) }' page.html
for k in 1 2; do
	sum=$(sha256sum <script$k | cut -d ' ' -f 1 | sed 's/../\\x&/g')
	# shellcheck disable=SC2059
	sum=$(printf "$sum" | base64)
	[[ $policy == *"'sha256-$sum'"* ]] || fail "script $k is not in the policy"
done
grep -q 'Permission is hereby granted' page.html || fail 'no licence'
grep -q '{{[a-z.]*}}' page.html && fail 'a part was not filled in'

# The data: as JSON that HTML cannot see.
evil='</script><blink>&"'
{
	echo 'id,ds,y'
	for i in {1..30}; do echo "\"${evil//\"/\"\"}\",$i,$((i * 37 % 11))"; done
} >evil.csv
"$nightcast" forecast -q -H 5 -m naive evil.csv -o '<e>&.csv' \
	--report evil.html || fail 'forecast --report'
grep -qF '"\u003c/script\u003e\u003cblink\u003e\u0026\u0022"' evil.html ||
	fail 'an id is not escaped'
grep -qF '<blink>' evil.html && fail 'an id is a tag'
grep -q '<title>&lt;e&gt;&amp;.csv' evil.html || fail 'the title'

# The same page for any number of threads, and whole or not at all.
report=("$nightcast" report -q f.csv --train "$data" --summary s.csv
	--scores steps.csv --trace t.json)
"${report[@]}" -j 1 -o 1.html && "${report[@]}" -j 2 -o 2.html ||
	fail "report with all of it"
cmp -s 1.html 2.html || fail 'another page with -j 2'
"${report[@]}" >3.html && cmp -s 1.html 3.html || fail 'standard output'
echo old >kept.html
refused() { # STATUS WORDS ARGUMENTS...
	local status=$1 words=$2
	shift 2
	"$nightcast" report "$@" -o kept.html >out 2>&1
	local got=$?
	[ $got -eq "$status" ] || fail "$*: exit status $got"
	grep -qF -- "$words" out || fail "$*: $(cat out)"
	[ "$(cat kept.html)" = old ] || fail "$*: the old page is gone"
}
refused 2 '--train is required' f.csv
refused 2 'no input' --train "$data"
refused 2 'would replace the input' kept.html --train "$data"
refused 1 'none.csv' none.csv --train "$data"
refused 1 "no column 'mean'" "$data" --train "$data"
refused 1 'is no summary' f.csv --train "$data" --summary f.csv
refused 1 'these are no scores' f.csv --train "$data" --scores f.csv
refused 1 'f.csv:1: no event' f.csv --train "$data" --trace f.csv
refused 1 'has no value of any step' f.csv "$data" --train "$data"
refused 1 'made from another file' f.csv --train <(head -n 100 "$data")
sed '$s/,[0-9]*-/,2098-/' f.csv >odd.csv
"$nightcast" report odd.csv --train "$data" -o odd.html 2>message
[ $? -eq 3 ] && grep -q '1 rows are of no step' message ||
	fail "a row too many: $(cat message)"
# A run's own page has the statuses of its summary: also of those left out.
"$nightcast" forecast -q -H 6 -m snaive --stale 12 "$data" -o own.csv \
	--summary own_s.csv --report own.html
[ "$(cut -d , -f 3 own_s.csv | sort | uniq -c | awk '{ printf "%s %s;", $2, $1 }')" = \
	"ok 1;stale 5;status 1;" ] || fail "stale: $(cat own_s.csv)"
grep -q '"tally":{"ok":1,"fallback":0,"late":5,"failed":0}' own.html ||
	fail "own page: $(grep -o '"tally":[^}]*}' own.html)"
[ "$(grep -o '"fit":\[\["[a-z]*"' own.html | sort | uniq -c | tr -d ' \n')" = \
	'1"fit":[[""5"fit":[["stale"' ] || fail 'own page: other statuses'

# What a store knows of past nights: the page has history's numbers.
for cut in 3 2 1 0; do
	awk -F, -v cut=$cut 'NR == FNR { n[$1]++; next }
		FNR == 1 || ++i[$1] <= n[$1] - cut' "$data" "$data" >train.csv
	"$nightcast" forecast -q -H 6 -m ets,snaive train.csv -o n$cut.csv \
		--store nights.db || fail "night $cut"
done
"$nightcast" history nights.db -o nights.csv || fail history
"$nightcast" history nights.db --changes --worst 3 -o moved.csv || fail changes
"$nightcast" report -q n0.csv --train train.csv --store nights.db -o n.html ||
	fail 'report --store'
part() { # NAME: an array of arrays on the page, a line each, without quotes
	grep -o "\"$1\":\[\[[^]]*\]\(,\[[^]]*\]\)*" n.html | head -n 1 |
		sed "s/\"$1\":\[\[//; s/\],\[/\n/g; s/\]$//; s/\"//g"
}
awk -F, 'NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
	$at["scored"] > 0 { printf "%d,%s,%d,%.4g,%.4g,%.3f\n", $at["night"], $at["model"],
		$at["scored"], $at["mase"], $at["bias"], $at["cover-95"] }' nights.csv >told
part turned | awk -F, '{ printf "%d,%s,%d,%.4g,%.4g,%.3f\n", $1, $2, $3, $4, $5, $8 }' >shown
[ -s told ] && cmp -s told shown || fail "nights: $(diff told shown | head -n 4)"
awk -F, 'NR > 1 && NR < 5 { printf "%s,%s,%.4g\n", $1, $2, $3 }' moved.csv >told
part moved | awk -F, 'NR < 4 { printf "%s,%s,%.4g\n", $2, $3, $4 }' >shown
[ -s told ] && cmp -s told shown || fail "moved: $(diff told shown | head -n 4)"
# what night 1 said of the first series, three steps before its end
awk -F, 'NR > 1 && $3 == "ets" && ++n <= 6 { printf "%.5g\n", $4 }' n3.csv >told
n=$(grep -c ^AirPassengers, train.csv)
part p | head -n 1 | tr , '\n' >said
[ "$(sed -n '1p;2p' said | tr '\n' ' ')" = "1 $((n - 3)) " ] ||
	fail "night 1 begins at $(head -n 2 said | tr '\n' ' '), not $((n - 3))"
tail -n +3 said | awk '{ printf "%.5g\n", $1 }' | cmp -s told - ||
	fail "night 1 said: $(paste -d ' ' told said)"
refused 1 'n.html' n0.csv --train train.csv --store n.html
sed 's/^[^u]/&x/' train.csv >others.csv
"$nightcast" forecast -q -H 6 -m snaive others.csv -o others_f.csv
refused 1 'has none of the series in' others_f.csv --train others.csv \
	--store nights.db
# a run's own page has the nights before it, and first has none
"$nightcast" forecast -q -H 6 -m ets,snaive train.csv -o own.csv \
	--store nights.db --report n.html || fail 'forecast --store --report'
[ "$(part nights | wc -l)" -eq 4 ] || fail "own page: $(part nights)"
"$nightcast" forecast -q -H 6 -m snaive train.csv -o own.csv \
	--store first.db --report n.html || fail 'the first night'
grep -q '"past":{"nights":\[\]' n.html || fail 'the first night has nights'

# one series, of dates and values alone
grep '^co2,' "$data" | cut -d , -f 2,3 | sed '1i month,ppm' >all.csv
head -n -6 all.csv >one.csv
"$nightcast" forecast -q -H 6 -m snaive one.csv -o own.csv || fail 'one series'
(head -n 1 all.csv && tail -n 6 all.csv) >actual.csv
"$nightcast" report -q own.csv actual.csv --train one.csv -o one.html ||
	fail 'the page of one series'
grep -q '"series"' one.html || fail 'one series has no id on its page'

# What forecasts are made of: the file's numbers, of series that have any.
awk 'BEGIN {
	print "id,shop,ds,y,price,deal"
	for (s = 1; s <= 3; s++)
		for (t = 0; t < 64; t++) {
			price = 2 + t * 7 % 5 / 5
			deal = t % 6 == 1
			y = 90 + 20 * s - 5 * price + 8 * deal + t * 31 % 7 / 10
			if (s == 3 && t == 63) price = ""
			printf "s%d,\"a, b\",%d,%s,%s,%d\n", s, t, t < 60 ? y : "", price, deal
		}
}' >known.csv
awk -F, '$5 != "" || NR == 1' known.csv >ended.csv
"$nightcast" forecast -q -H 4 -s 1 -m mean,naive --id id,shop known.csv \
	--regressors price,deal --missing-regressors error -o k.csv \
	--components c.csv
[ $? -eq 3 ] && [ "$(grep -c '^s3,' c.csv)" -eq 8 ] || fail "s3: $(cat c.csv)"
made=("$nightcast" report -q k.csv --train ended.csv -s 1 --id id,shop)
"${made[@]}" -o bare.html && "${made[@]}" --components c.csv -o made.html ||
	fail 'report --components'
python3 - made.html bare.html c.csv <<'EOF' || fail 'components on the page'
import base64, csv, json, re, struct, sys
def data(path):
    page = open(path, encoding="utf-8").read()
    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])
def numbers(text):
    if text[0] == "!":
        return [x for x, in struct.iter_unpack("<d", base64.b64decode(text[1:]))]
    return [float(x or "nan") for x in text.split(",")]
page, bare = data(sys.argv[1]), data(sys.argv[2])
told = {}
for r in csv.DictReader(open(sys.argv[3], encoding="utf-8")):
    told[r["id"], r["model"], r["component"], int(r["ds"]) - 60] = float(r["value"])
shown = {}
for i, s in enumerate(page["at"]):
    for k, parts in enumerate(s.get("k", [])):
        for name, text in parts:
            shown.update({(f"s{i + 1}", page["models"][k], page["parts"][name], h): x
                          for h, x in enumerate(numbers(text)) if x == x})
assert page["ids"][0] == 's1,"a, b"', page["ids"]
assert shown == {k: v for k, v in told.items() if k[0] != "s3"}, (shown, told)
assert len(shown) > 2 * 2 * 4 + 8
# without the file, or without regressors, nothing is there
assert "k" not in page["at"][2] and page["at"][2] == bare["at"][2]
for s in page["at"]:
    s.pop("k", None)
assert page.pop("parts") == ["base", "price", "deal"]
assert page["files"].pop("components") == "c.csv"
assert page == bare
EOF
# forecast's own page has them without being asked, of every model, where there
# are regressors and where an arima finds slopes itself; and says no file
for models in mean,naive arima:1,0,0+c+joint,mean; do
	"$nightcast" forecast -q -H 4 -s 1 -m $models --id id,shop known.csv \
		--regressors price,deal -o k.csv --components c.csv --report said.html
	"$nightcast" forecast -q -H 4 -s 1 -m $models --id id,shop known.csv \
		--regressors price,deal -o k.csv --report own.html
	[ $? -eq 3 ] && "${made[@]}" --components c.csv -o made.html || fail "$models: pages"
	python3 - made.html own.html said.html <<-'EOF' || fail "$models: components on the own page"
		import json, re, sys
		def data(path):
		    page = open(path, encoding="utf-8").read()
		    return json.loads(re.search(r'id="data">(.*?)</script>', page, re.S)[1])
		def parts(page):
		    return [[sorted((page["parts"][name], text) for name, text in made or [])
		             for made in s.get("k", [])] for s in page["at"]]
		made, own, said = map(data, sys.argv[1:])
		assert parts(made) == parts(own) and sum(map(len, parts(own))) == 4, parts(own)
		assert "components" not in own["files"] and said["files"]["components"] == "c.csv"
		assert own["at"][0]["k"] == said["at"][0]["k"]
	EOF
done
"$nightcast" forecast -q -H 4 -s 1 -m mean --id id,shop ended.csv -o k.csv --report own.html
grep -qE '"parts"|"k":' own.html && fail "components without regressors"
# room is kept for them: of many series some are shown
awk 'BEGIN { print "id,ds,y,a,b,c"
	for (s = 1; s <= 2500; s++)
		for (t = 0; t < 78; t++) {
			a = t * 7 % 11; b = (s + t * t) % 13; c = t * s % 7
			print s "," t "," (t < 30 ? 500 + s % 10 + a + 2 * b - c : "") "," a "," b "," c
		} }' >many.csv
"$nightcast" forecast -q -H 48 -s 1 -m mean many.csv --regressors a,b,c -o m.csv --report m.html ||
	fail 'a large page'
[ "$(stat -c %s m.html)" -lt 19000000 ] && grep -q '"shown":[12][0-9]*,' m.html ||
	fail "a page of $(stat -c %s m.html) bytes: $(grep -o '"shown":[0-9]*' m.html)"
"$nightcast" forecast -q -H 4 -s 1 -m mean,naive --id id,shop known.csv \
	--regressors price,deal -o k.csv --components c.csv
of=(k.csv --train ended.csv -s 1 --id id,shop)
refused 1 "k.csv:1: these are no components" "${of[@]}" --components k.csv
refused 1 "ended.csv:1: these are no components" "${of[@]}" --components \
	ended.csv
sed 's/^s/x/' c.csv >other.csv
refused 1 "no components of any forecast that is here; the first: line 2, series 'x1,\"a, b\"' at '60' by 'mean'" \
	"${of[@]}" --components other.csv
sed '3s/,[^,]*$/,much/' c.csv >other.csv
refused 1 "other.csv:3: not a number: 'much'" "${of[@]}" --components other.csv
sed '3p' c.csv >other.csv
refused 1 "other.csv:4: a second component 'price' of one step" \
	"${of[@]}" --components other.csv
sed '/^s2,.*,62,naive,base,/s/,[^,]*$/,1/' c.csv >other.csv
refused 1 "other.csv: components of series 's2,\"a, b\"' at '62' by 'naive' add up to" \
	"${of[@]}" --components other.csv
sed '$s/^s3/x/' c.csv >other.csv
"${made[@]}" --components other.csv -o odd.html 2>message
[ $? -eq 3 ] && grep -q "other.csv: 1 rows are of no forecast in k.csv; the first: line $(wc -l <c.csv), series 'x," message ||
	fail "a component too many: $(cat message)"

# Ids of two columns, of which one is called like a column that is ours: all
# that is said of the series is found, as with one id.
with_keys() { # FILE
	awk -F, -v OFS=, 'NR == 1 { $1 = "model,mean" } NR > 1 { $1 = $1 ",a" } 1' "$1"
}
cp "$data" d.csv
for file in d f s steps rows; do
	with_keys $file.csv >keys_$file.csv
done
for scores in steps rows; do
	"$nightcast" report -q f.csv --train d.csv --summary s.csv \
		--scores $scores.csv | sed "s/unique_id/keys/g" >one.html
	"$nightcast" report -q keys_f.csv --train keys_d.csv --id model,mean \
		--summary keys_s.csv --scores keys_$scores.csv >two.html ||
		fail "keys that are called as our columns: $scores"
	sed 's/keys_\([a-z]*.csv\)/\1/g; s/model,mean/keys/g; s/,a"/"/g' two.html |
		cmp -s - one.html || fail "with keys another page: $scores"
done
cut -d, -f 2- keys_s.csv >bad.csv
sed -i 's/^mean,model/model/; s/^a,//' bad.csv
refused 1 'is no summary' f.csv --train "$data" --summary bad.csv

"$nightcast" report -q f.csv rows.csv --train "$data" -o kept.html 2>message &&
	fail 'actual values that are scores'
finish
