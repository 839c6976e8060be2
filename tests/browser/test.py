# SPDX-License-Identifier: GPL-3.0-or-later
"""The report in a real browser: what it shows is what the files say, nothing is
loaded, nothing hostile runs.  Pictures go to the folder named second.

usage: test.py NIGHTCAST FOLDER [TEST...]
"""
import csv
import os
import subprocess
import sys
import tempfile
import time

from driver import KEYS, Browser, NoBrowser

nightcast, pictures = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
failures = []


def expect(true, what):
    if not true:
        failures.append(what)
        print("FAIL:", what)


def run(*arguments):
    done = subprocess.run([nightcast, *arguments], capture_output=True, text=True)
    expect(done.returncode in (0, 3), f"nightcast {' '.join(arguments[:3])}: {done.stderr[-300:]}")


def rows_of(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def write(path, rows, names=("unique_id", "ds", "y")):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows(rows)


def settle(browser):
    """Nothing but the page itself was asked for, and nobody complained."""
    asked = [u for u in browser.requests() if not u.startswith("file:///") or not u.endswith(".html")]
    expect(asked == [], f"requests: {asked}")
    complaints = browser.console()
    expect(complaints == [], f"console: {complaints}")
    expect(browser.run("return document.documentElement.dataset.ready") == "yes", "the page's script did not end")


def number(text):
    return float(text.replace(",", "").replace("–", "nan").replace("−", "-"))


def table(browser):
    """The rows of the open series' table, all digits."""
    return browser.run("""
        const t = document.querySelector('#steps table');
        const texts = (row) => [...row.children].map((c) => c.textContent);
        return [texts(t.tHead.rows[0]), [...t.tBodies[0].rows].map(texts)];""")


def choose(browser, name):
    browser.run("document.querySelector('#search').value = ''")
    browser.type("#search", name + KEYS["enter"])
    expect(browser.text("#name") == name, f"searched {name!r}, got {browser.text('#name')!r}")


def same_numbers(browser, forecasts, models, actuals=None):
    """Every series' table against the CSV."""
    browser.run("document.querySelector('#numbers').open = true; const e = document.querySelector('#exact');"
                "if (!e.checked) e.click();")
    rows = rows_of(forecasts)
    key, when = list(rows[0])[:2]
    names = list(dict.fromkeys(r[key] for r in rows))
    bounds = [c for c in rows[0] if c[:3] in ("lo-", "hi-")]
    for name in names:
        choose(browser, name)
        head, shown = table(browser)
        mine = {m: [r for r in rows if r[key] == name and r["model"] == m] for m in models}
        first = mine[models[0]]
        expect([r[1] for r in shown] == [r[when] for r in first],
               f"{forecasts}: times of {name!r}: {[r[1] for r in shown][:3]}, not {[r[when] for r in first][:3]}")
        for column, part in [(m, [r["mean"] for r in mine[m]]) for m in models] + \
                            [(b, [r[b] for r in first]) for b in bounds]:
            at = head.index(column)
            got = [number(r[at]) for r in shown]
            expect(got == [float(x) for x in part], f"{forecasts}: {column} of {name!r}: {got[:2]}, not {part[:2]}")
        if actuals is not None:
            known = [actuals.get((name, r[when])) for r in first]
            got = [float(r[-1]) if r[-1] else None for r in shown]
            expect(got == known, f"actual values of {name!r}: {got[:3]}, not {known[:3]}")


# The page counts timestamps on by itself: of every form there is.
def timestamps():
    from datetime import date, datetime, timedelta
    last = {1: 31, 2: 28, 3: 31, 4: 30, 5: 31, 6: 30, 7: 31, 8: 31, 9: 30, 10: 31, 11: 30, 12: 31}
    months = [(y, m) for y in (2018, 2019) for m in range(1, 13)]
    day, week = timedelta(days=1), timedelta(days=7)
    return {
        "month_ends": [f"{y}-{m:02}-{last[m]:02}" for y, m in months],
        "mid_month": [f"{y}-{m:02}-15" for y, m in months],
        "months": [f"{y}-{m:02}" for y, m in months],
        "quarters": [f"{y}Q{q}" for y in range(2010, 2016) for q in range(1, 5)],
        "quarters_dash": [f"{y}-Q{q}" for y in range(2010, 2016) for q in range(1, 5)],
        "years": [str(y) for y in range(1990, 2014)],
        "integers": [f"{i:04}" for i in range(5, 77, 3)],
        "large_integers": [str(123456789012345000 + 7 * i) for i in range(24)],
        "days": [str(date(2020, 2, 10) + day * i) for i in range(24)],
        "before_1970": [str(date(1899, 12, 1) + day * i) for i in range(24)],
        "weekdays": [str(d) for d in (date(2021, 3, 1) + day * i for i in range(34)) if d.weekday() < 5],
        "weeks": [str(date(2019, 11, 4) + week * i) for i in range(24)],
        "iso_weeks": [f"{d.isocalendar()[0]}-W{d.isocalendar()[1]:02}"
                      for d in (date(2020, 9, 7) + week * i for i in range(14))],
        "hours": [str(datetime(2020, 2, 28, 3) + timedelta(hours=i)).replace(" ", "T") for i in range(60)],
        "quarter_hours": [(datetime(2019, 12, 31, 20) + timedelta(minutes=15 * i)).strftime("%Y-%m-%d %H:%M")
                          for i in range(24)],
        "seconds": [(datetime(2019, 12, 31, 23, 59, 50) + timedelta(seconds=5 * i)).strftime("%Y-%m-%dT%H:%M:%SZ")
                    for i in range(24)],
    }


def test_times(browser, work):
    for name, times in timestamps().items():
        path = f"{work}/{name}.csv"
        write(path, [("a", t, 10 + i % 5 + i / 7) for i, t in enumerate(times)])
        run("forecast", "-q", "-H", "7", "-s", "1", "-m", "naive", path, "-o", f"{work}/f.csv")
        run("report", "-q", f"{work}/f.csv", "--train", path, "-s", "1", "-o", f"{work}/{name}.html")
        browser.open(f"{work}/{name}.html")
        same_numbers(browser, f"{work}/f.csv", ["naive"])
        settle(browser)


def split(source, work, held):
    """The last values of every series apart; what is known of them."""
    rows = [list(r.values()) for r in rows_of(source)]
    ends = {}
    for r in rows:
        ends.setdefault(r[0], []).append(r)
    write(f"{work}/train.csv", [r for part in ends.values() for r in part[:-held]])
    write(f"{work}/actual.csv", [r for part in ends.values() for r in part[-held:]])
    return {(r[0], r[1]): float(r[2]) for part in ends.values() for r in part[-held:]}


def test_page(browser, work):
    actuals = split("data/monthly.csv", work, 12)
    models = ["auto", "ets", "snaive"]
    files = {n: f"{work}/{n}" for n in ("f.csv", "s.csv", "t.json", "steps.csv", "page.html")}
    run("forecast", "-q", "-H", "12", "-m", ",".join(models), f"{work}/train.csv", "-o", files["f.csv"],
        "--summary", files["s.csv"], "--trace", files["t.json"], "--report", f"{work}/own.html")
    run("backtest", "-q", "-H", "12", "-m", ",".join(models), f"{work}/train.csv", "--steps", files["steps.csv"])
    run("report", "-q", files["f.csv"], f"{work}/actual.csv", "--train", f"{work}/train.csv", "--summary",
        files["s.csv"], "--scores", files["steps.csv"], "--trace", files["t.json"], "-o", files["page.html"])
    browser.open(f"{work}/own.html")
    same_numbers(browser, files["f.csv"], models)
    settle(browser)
    browser.open(files["page.html"])
    settle(browser)
    for width, dark in ((1400, False), (1400, True), (390, False), (390, True)):
        browser.look_like(width, dark, 1 if width > 600 else 2)
        for _ in range(100):  # the charts follow
            wide = browser.run("return document.documentElement.scrollWidth")
            if wide <= width:
                break
            time.sleep(0.3)
        expect(wide <= width, f"the page is {wide} wide in a window of {width}")
        browser.shoot(f"{pictures}/report-{'desk' if width > 600 else 'phone'}-{'dark' if dark else 'light'}.png")
    browser.look_like(1400)
    same_numbers(browser, files["f.csv"], models, actuals)
    same_scores(browser, files, work)
    keyboard(browser)
    themes(browser)
    drawn(browser)
    settle(browser)


def same_scores(browser, files, work):
    """The table of models has what `score` prints."""
    done = subprocess.run([nightcast, "score", "-q", "--csv", files["f.csv"], f"{work}/actual.csv", "--train",
                           f"{work}/train.csv"], capture_output=True, text=True)
    told = {r["model"]: r for r in csv.DictReader(done.stdout.splitlines())}
    shown = browser.run("""return [...document.querySelector('#panels table').tBodies[0].rows]
        .map((r) => [...r.children].map((c) => c.textContent));""")
    for model, _, mase, smape, mae, in80, in95 in shown:
        for name, got in (("mase", mase), ("smape", smape), ("mae", mae)):
            expect(abs(number(got) / float(told[model][name]) - 1) < 6e-4, f"{name} of {model}: {got}")
        for name, got in (("cover-80", in80), ("cover-95", in95)):
            expect(abs(number(got.rstrip("%")) - 100 * float(told[model][name])) < 0.051, f"{name} of {model}: {got}")


def keyboard(browser):
    names = []
    for key in ("right", "right", "left"):
        browser.type("body", KEYS[key])
        names.append(browser.text("#name"))
    expect(names[0] != names[1] and names[2] == names[0], f"paging by arrows: {names}")
    browser.type("#search", "pass")
    expect("AirPassengers" in browser.text("#hits"), "the search finds no AirPassengers")
    browser.type("#search", KEYS["down"] + KEYS["enter"])
    expect(browser.text("#name") == "AirPassengers", f"found {browser.text('#name')}")
    browser.type("#search", "no such thing")
    expect("No such series" in browser.text("#hits"), "a search without result says nothing")
    browser.type("#search", KEYS["escape"])


def themes(browser):
    seen = set()
    for _ in range(3):
        browser.click("#theme")
        seen.add((browser.text("#theme"), browser.run("return getComputedStyle(document.body).backgroundColor")))
    expect(len({ground for _, ground in seen}) == 2 and len(seen) == 3, f"themes: {seen}")


def drawn(browser):
    """Every chart has a label, a table, and something on it."""
    blank = browser.run("""
        return [...document.querySelectorAll('.chart')].filter((c) => {
            const canvas = c.querySelector('canvas');
            const ink = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
            return !c.getAttribute('aria-label') || !ink.some((x) => x > 0);
        }).length;""")
    expect(blank == 0, f"{blank} charts are blank or have no label")
    bare = browser.run("""return [...document.querySelectorAll('.panel')].filter((p) =>
        p.querySelector('[role=img]') && !p.querySelector('table')).map((p) => p.querySelector('h3').textContent);""")
    expect(bare == [], f"no table behind: {bare}")
    unlabelled = browser.run("""return [...document.querySelectorAll('button, input, select, [role=img]')].filter((e) =>
        e.style.display !== 'none' && !e.getAttribute('aria-label') && !e.textContent.trim()
        && !(e.labels && e.labels.length)).length;""")
    expect(unlabelled == 0, f"{unlabelled} controls or pictures without a name")


HOSTILE = ["<img src=x onerror=alert(1)>", "</script><script>alert(2)</script>", "a\u2028b\u2029c", "'\"><svg onload=alert(3)>",
           "{{data}}", "&lt;b&gt;", "<!--", "__proto__", "\u202eabc"]


def test_hostile(browser, work):
    rows = [(name, t, (t * 37) % 11 + 1) for name in HOSTILE for t in range(1, 41)]
    path = f"{work}/<b onclick=alert(4)>.csv"
    write(path, rows, ("<i>id</i>", "<script>", "</title>"))
    columns = ("--id", "<i>id</i>", "--time", "<script>", "--value", "</title>")
    run("forecast", "-q", "-H", "5", "-s", "4", "-m", "naive,mean", *columns, path, "-o", f"{work}/h.csv",
        "--summary", f"{work}/h_s.csv", "--trace", f"{work}/h.json")
    run("report", "-q", f"{work}/h.csv", "--train", path, "-s", "4", *columns, "--summary", f"{work}/h_s.csv",
        "--trace", f"{work}/h.json", "-o", f"{work}/hostile.html")
    browser.open(f"{work}/hostile.html")
    for _ in HOSTILE:
        browser.type("body", KEYS["right"])
    expect(not browser.has_alert(), "a script of an id ran")
    for i, name in enumerate(HOSTILE):
        browser.run("const s = document.querySelector('#order'); s.value = 0; s.dispatchEvent(new Event('change'));")
        for _ in range(i):
            browser.click("#next")
        expect(browser.text("#name") == name, f"{name!r} shows as {browser.text('#name')!r}")
    found = browser.run("return document.querySelectorAll('img, svg[onload], b, [onclick], [onerror]').length")
    expect(found == 0, f"{found} elements out of ids")
    expect(browser.run("return document.scripts.length") == 3, "another number of scripts")
    settle(browser)


def test_odd(browser, work):
    """Series that failed, fell back, are flat, tiny, huge or hardly there."""
    month = [f"{2019 + t // 12}-{t % 12 + 1:02}-01" for t in range(36)]
    rows = [("twice", month[0], 1), ("twice", month[0], 2)] + [("single", month[35], 5)]
    rows += [("no number", month[0], "x")]
    for t, ds in enumerate(month):
        wave = 10 + t % 12
        rows += [("flat", ds, 3), ("zero", ds, 0), ("tiny", ds, wave * 1e-9), ("huge", ds, wave * 1e12),
                 ("negative", ds, -wave)] + ([("gaps", ds, wave)] if t % 4 == 0 else [])
    write(f"{work}/odd.csv", rows)
    for name, fallback in (("with", "naive"), ("without", "none")):
        done = subprocess.run([nightcast, "forecast", "-q", "-H", "6", "-m", "hw,mean", "--fallback", fallback,
                               f"{work}/odd.csv", "-o", f"{work}/o.csv", "--summary", f"{work}/os.csv",
                               "--report", f"{work}/{name}.html"], capture_output=True, text=True)
        expect(done.returncode == 3, f"forecast of odd series: {done.stderr}")
        worst = {}
        for r in rows_of(f"{work}/os.csv"):
            rank = ["failed", "fallback", "ok"].index(r["status"])
            worst[r["unique_id"]] = min(worst.get(r["unique_id"], 2), rank)
        browser.open(f"{work}/{name}.html")
        told = browser.run("""return Object.fromEntries([...document.querySelectorAll('.finding')].map((f) =>
            [f.querySelector('.what').textContent, Number(f.querySelector('b').textContent)]));""")
        failed = list(worst.values()).count(0)
        expect(told.get("could not be forecast", 0) == failed and failed >= 2, f"{failed} failed; it says {told}")
        back = sum(1 for i in worst if any(r["status"] == "fallback" for r in rows_of(f"{work}/os.csv")
                                           if r["unique_id"] == i))
        expect(told.get("fell back to a simpler model", 0) == back, f"{back} fell back; it says {told}")
        expect(browser.text(".answer .big").startswith(f"{list(worst.values()).count(2)} of {len(worst)}"),
               f"the answer: {browser.text('.answer .big')}")
        browser.run("document.querySelector('#numbers').open = true;")
        for _ in worst:
            browser.type("body", KEYS["right"])
            browser.click("#all")
            browser.click("#recent")
        settle(browser)


def test_median(browser, work):
    """Quantiles are bounds; the median is drawn when it is asked for."""
    run("forecast", "-q", "-H", "6", "-m", "ets:MAM,snaive", "--level", "90", "--quantiles", "10,50,90,95,99", "data/monthly.csv",
        "-o", f"{work}/q.csv", "--report", f"{work}/own.html")
    run("report", "-q", f"{work}/q.csv", "--train", "data/monthly.csv", "-o", f"{work}/q.html")
    for page in ("own", "q"):
        browser.open(f"{work}/{page}.html")
        browser.run("document.querySelector('#numbers').open = true; document.querySelector('#exact').click();")
        choose(browser, "AirPassengers")
        head, shown = table(browser)
        mine = [r for r in rows_of(f"{work}/q.csv") if r["unique_id"] == "AirPassengers" and r["model"] == "ets:MAM"]
        for title, column in (("q-50", "q-50"), ("lo-80", "q-10"), ("hi-80", "q-90"), ("lo-90", "lo-90"), ("hi-98", "q-99")):
            got = [number(r[head.index(title)]) for r in shown]
            expect(got == [float(r[column]) for r in mine], f"{page}: {title}: {got[:2]}")
        expect(browser.run("return !document.querySelector('#median').hidden"), f"{page}: no button for the median")
        browser.click("#median")
        expect("median" in browser.text("#key"), f"{page}: the median is not drawn: {browser.text('#key')}")
        drawn(browser)
        settle(browser)


def test_nights(browser, work):
    """What a store knows: by night, what moved, what was said of a series."""
    rows = [list(r.values()) for r in rows_of("data/monthly.csv")]
    ends = {}
    for r in rows:
        ends.setdefault(r[0], []).append(r)
    for night in range(1, 5):
        write(f"{work}/train.csv", [r for part in ends.values() for r in part[:len(part) - 4 + night]])
        run("forecast", "-q", "-H", "6", "-m", "ets,snaive", f"{work}/train.csv", "-o", f"{work}/n{night}.csv",
            "--store", f"{work}/n.db")
    run("report", "-q", f"{work}/n4.csv", "--train", f"{work}/train.csv", "--store", f"{work}/n.db",
        "-o", f"{work}/nights.html")
    browser.open(f"{work}/nights.html")
    settle(browser)
    browser.run("document.querySelectorAll('details').forEach((d) => { d.open = true; });"
                "const e = document.querySelector('#exact'); if (!e.checked) e.click();")
    shown = browser.run("""return Object.fromEntries([...document.querySelectorAll('.panel')].map((p) =>
        [p.querySelector('h3').textContent, [...p.querySelectorAll('tbody tr')].map((r) => [...r.children].map((c) => c.textContent))]));""")
    told = subprocess.run([nightcast, "history", f"{work}/n.db", "-o", "/dev/stdout"], capture_output=True, text=True)
    scored = {(r["night"], r["model"]): r for r in csv.DictReader(told.stdout.splitlines()) if float(r["scored"]) > 0}
    got = {(r[0], r[2]): r for r in shown["Accuracy by night"]}
    expect(len(scored) == 6 and sorted(got) == sorted(scored), f"nights: {sorted(got)}, not {sorted(scored)}")
    for k, r in scored.items():
        expect(abs(number(got[k][4]) / float(r["mase"]) - 1) < 6e-4, f"MASE of night {k}: {got[k]}, not {r['mase']}")
    expect(len(shown["Moved from night 3 to night 4"]) > 5, f"moved: {shown.get('Moved from night 3 to night 4')}")
    choose(browser, "co2")
    tables = browser.run("""return [...document.querySelectorAll('#steps table')].map((t) =>
        [...t.tBodies[0].rows].map((r) => [...r.children].map((c) => c.textContent)));""")
    for night in (1, 2, 3):
        mine = [r for r in rows_of(f"{work}/n{night}.csv") if r["unique_id"] == "co2" and r["model"] == "ets"]
        got = [r for r in tables[2] if r[0] == f"night {night}"]
        key = [k for k in mine[0]][1]
        expect([r[1] for r in got] == [r[key] for r in mine], f"times of night {night}: {got}")
        expect(all(abs(number(g[2]) / float(m["mean"]) - 1) < 1e-5 for g, m in zip(got, mine)), f"night {night}: {got}")
    normal = browser.text(".answer")
    expect(f"had a MASE of {float(scored['3', 'ets']['mase']):.4g}: worse than usual "
           f"({float(scored['2', 'ets']['mase']):.4g})" in normal and "over 4 nights: none failed" in normal,
           f"was the night normal: {normal}")
    expect("Past nights" in browser.text("#facts"), "the series' facts have no past nights")
    for width in (1400, 390):
        browser.look_like(width, False, 1 if width > 600 else 2)
        browser.shoot(f"{pictures}/nights-{'desk' if width > 600 else 'phone'}.png")
    browser.look_like(1400)
    drawn(browser)
    settle(browser)


def test_components(browser, work):
    """What a forecast is made of: the file's numbers, of the model that is chosen."""
    rows = []
    for name, last in (("a", "2.5"), ("b", "2.5"), ("none", "")):  # which lacks a price that is to come
        for t in range(66):
            price, deal = 2 + t * 7 % 5 / 5, int(t % 6 == 1)
            y = 100 - 8 * price + 20 * deal + t * 31 % 7 / 10
            rows.append((name, f"{2015 + t // 12}-{t % 12 + 1:02}-01", y if t < 60 else "", last if t == 65 else price, deal))
    names = ("unique_id", "ds", "y", "price", "<i>deal")
    write(f"{work}/known.csv", rows, names)
    write(f"{work}/train.csv", [r for r in rows if r[2] != ""], names)
    run("forecast", "-q", "-H", "6", "-s", "1", "-m", "mean,naive", f"{work}/known.csv", "--regressors", "price,<i>deal",
        "--missing-regressors", "error", "-o", f"{work}/f.csv", "--components", f"{work}/c.csv")
    made = ("report", "-q", f"{work}/f.csv", "--train", f"{work}/train.csv", "-s", "1")
    run(*made, "-o", f"{work}/bare.html")
    browser.open(f"{work}/bare.html")
    choose(browser, "a")
    expect(browser.run("return document.querySelector('#made').hidden"), "components without --components")
    run(*made, "--components", f"{work}/c.csv", "-o", f"{work}/made.html")
    browser.open(f"{work}/made.html")
    browser.run("document.querySelector('#exact').click();")
    told = rows_of(f"{work}/c.csv")
    for name in ("a", "none", "b"):
        choose(browser, name)
        hidden = browser.run("return document.querySelector('#made').hidden")
        expect(hidden == (name == "none"), f"components of {name}: hidden is {hidden}")
        for k, model in enumerate(("mean", "naive") if name != "none" else ()):
            browser.run(f"const s = document.querySelector('#made-by'); s.value = {k}; s.dispatchEvent(new Event('change'));")
            head, *shown = browser.run("""return [...document.querySelectorAll('#made-steps tr')]
                .map((r) => [...r.children].map((c) => c.textContent));""")
            expect(head == ["step", "time", "base", "price", "<i>deal", "mean"], f"components: {head}")
            mine = {(r["ds"], r["component"]): r["value"] for r in told if r["unique_id"] == name and r["model"] == model}
            got = {(r[1], head[j]): r[j] for r in shown for j in (2, 3, 4) if r[j] != ""}
            expect(len(mine) >= 12 and {k: float(x) for k, x in got.items()} == {k: float(x) for k, x in mine.items()},
                   f"components of {name} by {model}: {got}, not {mine}")
            for r in shown:
                off = sum(float(x or 0) for x in r[2:5]) - float(r[5])
                expect(abs(off) < 1e-9, f"{name} by {model} at {r[1]}: {off} between components and mean")
            # a bar for each that is not the base, as high as it is large
            bars = browser.run("return [...document.querySelectorAll('#made-plot rect')].map((r) => Number(r.getAttribute('height')));")
            sizes = [abs(float(x)) for (_, c), x in mine.items() if c != "base"]
            expect(len(bars) == len(sizes) and abs(max(bars) / sum(bars) - max(sizes) / sum(sizes)) < 1e-6,
                   f"bars of {name} by {model}: {bars}, not as {sizes}")
            expect("price" in browser.text("#made-key") and "<i>deal" in browser.text("#made-key"), "no key of the bars")
    for width in (1400, 390):
        browser.look_like(width, width < 600, 1 if width > 600 else 2)
        browser.shoot(f"{pictures}/components-{'desk' if width > 600 else 'phone'}.png")
    browser.look_like(1400)
    drawn(browser)
    settle(browser)


def test_speed(browser, work, n=3000):
    path = f"{work}/many.csv"
    write(path, [(f"item {i:05}", f"{2015 + t // 12}-{t % 12 + 1:02}-01", 100 + (i * 7919 + t * t * 31) % 97)
                 for i in range(n) for t in range(72)])
    run("forecast", "-q", "-H", "12", "-m", "snaive", path, "-o", f"{work}/many_f.csv", "--report",
        f"{work}/many.html")
    browser.open(f"{work}/many.html")
    opened = browser.run("const t = performance.getEntriesByType('navigation')[0]; return t.loadEventEnd - t.startTime;")
    worked = browser.run("return Number(document.documentElement.dataset.took)")
    paged = browser.run("""
        const times = [];
        for (let i = 0; i < 50; i++) {
            const start = performance.now();
            document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true }));
            document.body.offsetHeight;
            times.push(performance.now() - start);
        }
        return times.sort((a, b) => a - b)[45];""")
    searched = browser.run("""
        const box = document.querySelector('#search');
        const start = performance.now();
        box.value = '99';
        box.dispatchEvent(new Event('input'));
        return performance.now() - start;""")
    size = os.path.getsize(f"{work}/many.html") / 1e6
    print(f"{n} series, {size:.1f} MB: opened in {opened:.0f} ms, {worked:.0f} of them our script; nine pages in ten within {paged:.0f} ms, "
          f"searched in {searched:.0f} ms")
    settle(browser)


def main():
    os.makedirs(pictures, exist_ok=True)
    try:
        browser = Browser()
    except NoBrowser as error:
        print("skipped:", " ".join(str(error).split()))
        return
    try:
        tests = (test_page, test_times, test_hostile, test_odd, test_median, test_nights, test_components, test_speed)
        for test in [t for t in tests if t.__name__ in sys.argv[3:] or len(sys.argv) == 3]:
            with tempfile.TemporaryDirectory() as work:
                before = len(failures)
                test(browser, work)
                print("ok     " if len(failures) == before else "FAILED ", test.__name__)
    finally:
        browser.close()
    print(f"pictures are in {pictures}")
    sys.exit(1 if failures else 0)


main()
