// SPDX-License-Identifier: GPL-3.0-or-later
// What a report shows, from the JSON that stands in it.  Nothing here becomes
// HTML but by textContent; what the charts' library takes for HTML goes
// through escapeHtml().
(() => {
'use strict';

const begun = performance.now();
const data = JSON.parse(document.getElementById('data').textContent);
const $ = (id) => document.getElementById(id);
const N = data.ids.length;
const H = data.horizon;
const WIDEST = data.levels.length - 1;
// Both bounds of level 0 are the median, which is no band.
const MEDIAN = data.levels.indexOf(0);
const BANDS = data.levels.map((_, k) => k).filter((k) => k !== MEDIAN);

// An element; attributes that are null are left out.
const make = (tag, attributes, ...children) => {
	const space = /^(svg|path|text|line|rect|g|title|circle)$/.test(tag);
	const e = space ? document.createElementNS('http://www.w3.org/2000/svg', tag)
		: document.createElement(tag);
	for (const [name, value] of Object.entries(attributes || {}))
		if (value !== null && value !== undefined)
			e.setAttribute(name, value);
	e.append(...children.filter((c) => c !== null && c !== undefined));
	return e;
};
const escapeHtml = (text) => String(text).replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
const count = (n) => Number(n).toLocaleString('en');
const plural = (n, word) => `${count(n)} ${word}${n === 1 ? '' : word.endsWith('s') ? '' : 's'}`;

// Four significant digits, as few characters as they need.
const brief = (x) => {
	if (x === null || x === undefined || !Number.isFinite(x))
		return '–';
	const size = Math.abs(x);
	if (size !== 0 && (size >= 1e12 || size < 1e-5))
		return x.toExponential(3);
	const rounded = Number(x.toPrecision(4));
	return rounded.toLocaleString('en', { maximumSignificantDigits: 4 });
};
const percent = (share) => (Number.isFinite(share) ? `${(100 * share).toFixed(1)}%` : '–');
const seconds = (s) => (s < 1 ? `${brief(Number((1000 * s).toPrecision(3)))} ms`
	: s < 120 ? `${s.toFixed(1)} s` : `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`);
// What a shell takes for one word.
const quote = (path) => (/^[\w.,:+@%/=-]+$/.test(path) ? path : `'${path.replace(/'/g, "'\\''")}'`);

// Vectors: see vector.h.
const vector = (text, n) => {
	if (!text)
		return new Array(n).fill(NaN);
	if (text[0] !== '!')
		return text.split(',').map((t) => (t === '' ? NaN : Number(t)));
	const bytes = Uint8Array.from(atob(text.slice(1)), (c) => c.charCodeAt(0));
	const view = new DataView(bytes.buffer);
	return Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i, true));
};

// Time: integers, or seconds since 1970 on the calendar without zones.
const DAY = 86400;
const SPAN = { second: 1, minute: 60, hour: 3600, day: DAY, week: 7 * DAY };
const advance = (series, k) => {
	const { unit, multiple } = data.time;
	const start = Number(series.s);
	if (unit === 'step')
		return start + k * multiple;
	if (SPAN[unit])
		return start + k * multiple * SPAN[unit];
	const days = Math.floor(start / DAY);
	const rest = start - days * DAY;
	if (unit === 'business') { // day 4 was a Monday
		const weekday = (((days - 4) % 7) + 7) % 7;
		const at = (days - 4 - weekday) / 7 * 5 + weekday + k * multiple;
		const week = Math.floor(at / 5);
		return (4 + week * 7 + (at - week * 5)) * DAY + rest;
	}
	const date = new Date(days * DAY * 1000);
	const month = date.getUTCFullYear() * 12 + date.getUTCMonth() + k * multiple;
	const year = Math.floor(month / 12);
	const last = new Date(0);
	last.setUTCFullYear(year, month - year * 12 + 1, 0);
	const day = Math.min(series.a || date.getUTCDate(), last.getUTCDate());
	const at = new Date(0);
	at.setUTCFullYear(year, month - year * 12, day);
	return at.getTime() / 1000 + rest;
};
const pad = (n, width) => String(n).padStart(width, '0');
const weekOf = (days) => { // ISO 8601
	const weekday = (((days + 3) % 7) + 7) % 7; // Monday 0
	const thursday = new Date((days - weekday + 3) * DAY * 1000);
	const year = thursday.getUTCFullYear();
	const first = new Date(0);
	first.setUTCFullYear(year, 0, 1);
	return [year, 1 + Math.floor((thursday - first) / (7 * DAY * 1000))];
};
const timeText = (t) => {
	const { form, separator, dash, zone, cycle, digits } = data.time;
	if (form === 'integer')
		return t < 0 ? `-${pad(-t, digits)}` : pad(t, digits);
	if (form === 'period')
		return `${pad(Math.floor(t / cycle), 4)}${dash}${separator}${pad(t - Math.floor(t / cycle) * cycle + 1, 2)}`;
	const d = new Date(t * 1000);
	const year = pad(d.getUTCFullYear(), 4);
	const month = pad(d.getUTCMonth() + 1, 2);
	const day = pad(d.getUTCDate(), 2);
	if (form === 'month')
		return `${year}-${month}`;
	if (form === 'quarter')
		return `${year}${dash}${separator || 'Q'}${Math.floor(d.getUTCMonth() / 3) + 1}`;
	if (form === 'week') {
		const [y, w] = weekOf(Math.floor(t / DAY));
		return `${pad(y, 4)}${dash}${separator || 'W'}${pad(w, 2)}`;
	}
	if (form === 'date')
		return `${year}-${month}-${day}`;
	const s = d.getUTCSeconds();
	return `${year}-${month}-${day}${separator || ' '}${pad(d.getUTCHours(), 2)}:${pad(d.getUTCMinutes(), 2)}`
		+ `${data.time.seconds || s ? `:${pad(s, 2)}` : ''}${zone}`;
};
const stepTime = (series, k) => { // exact, also for integers beyond 2^53
	if (data.time.form === 'integer' && Math.abs(Number(series.s)) > Number.MAX_SAFE_INTEGER / 2)
		return String(BigInt(series.s) + BigInt(k) * BigInt(data.time.multiple));
	return timeText(advance(series, k));
};
const isCalendar = !['integer', 'period'].includes(data.time.form);
const axisValue = (t) => (isCalendar ? new Date(t * 1000) : t);

// Words for what a model is.
const MEMBER = {
	ets: 'exponential smoothing', arima: 'ARIMA', dotm: 'dynamic optimised theta',
	ces: 'complex exponential smoothing', pooled: 'regression over all series',
	'pooled-log': 'regression over all series, on logarithms', network: 'neural networks over all series',
	networks: 'neural networks over all series', snaive: 'the last season again', theta: 'theta',
	naive: 'the last value', mean: 'the mean of the history', drift: 'the last value and the mean change per step',
};
const PART = { A: 'additive', M: 'multiplicative', N: '' };
const describe = (spec) => {
	let m = spec.match(/^ETS\(([AM]),([NAM])(d?),([NAM])\)$/);
	if (m) {
		const trend = m[2] === 'N' ? 'no trend' : `${m[3] ? 'a damped' : 'a'} ${PART[m[2]]} trend`;
		const season = m[4] === 'N' ? 'no season' : `a ${PART[m[4]]} season of ${data.season}`;
		return `exponential smoothing with ${trend} and ${season}, ${PART[m[1]]} errors`.replace(/\ba additive/g, 'an additive');
	}
	m = spec.match(/^ARIMA\((\d+),(\d+),(\d+)\)(?:\((\d+),(\d+),(\d+)\)\[(\d+)\])?(.*)$/);
	if (m) {
		const difference = [m[2] > 0 ? `differenced ${m[2] > 1 ? 'twice' : 'once'}` : null,
			m[5] > 0 ? `against the season of ${m[7]} before` : null].filter(Boolean);
		return `ARIMA: ${difference.length ? `${difference.join(', ')}; ` : ''}${Number(m[1]) + Number(m[4] || 0)} `
			+ `autoregressive and ${Number(m[3]) + Number(m[6] || 0)} moving-average terms${m[8] || ''}`;
	}
	m = spec.match(/^(snaive|naive2|Theta|DOTM|CES\((\w+)\))(?:\[(\d+)\])?$/);
	if (m) {
		const what = { snaive: 'the value', naive2: 'the last value, seasonally adjusted', Theta: 'the theta method',
			DOTM: 'the dynamic optimised theta model' }[m[1]] || `complex exponential smoothing${m[2] === 'none' ? '' : `, season ${m[2]}`}`;
		return m[1] === 'snaive' ? `${what} ${m[3]} steps before, one season ago` : `${what}${m[3] > 1 ? `, with a season of ${m[3]}` : ''}`;
	}
	if (MEMBER[spec])
		return MEMBER[spec];
	m = spec.match(/^(\w+)\(([\w, -]+)\)$/);
	if (m && m[2].split(', ').every((name) => MEMBER[name]))
		return `the middle of ${m[2].split(', ').map((name) => MEMBER[name]).join(', ')}`;
	return spec;
};
const inWords = (members) => {
	const sorted = members.filter((m) => m[1] >= 0.005).sort((a, b) => b[1] - a[1]);
	if (sorted.length === 0)
		return '';
	const name = (m) => MEMBER[m[0]] || m[0];
	const share = (m) => `${name(m)} ${Math.round(100 * m[1])}%`;
	if (sorted[0][1] > 0.5)
		return `mostly ${name(sorted[0])}${sorted.length > 1 ? `; ${sorted.slice(1, 4).map(share).join(', ')}` : ''}`;
	const learnt = sorted.filter((m) => /^(pooled|network)/.test(m[0])).reduce((sum, m) => sum + m[1], 0);
	return `a mixture: ${sorted.slice(0, 3).map(share).join(', ')}`
		+ `${learnt > 0.005 ? `; ${Math.round(100 * learnt)}% learnt from all series` : ''}`;
};
// The spec of a fit, and the weights in it.
const specOf = (fit) => {
	if (!fit || fit[2] < 0)
		return null;
	const weights = fit[3] === '' ? [] : fit[3].split(' ').map((w) => Number(w) / 100);
	let k = 0;
	const text = data.specs[fit[2]].replace(/#/g, () => weights[k++].toFixed(2));
	const members = [...text.matchAll(/[(,] ?([^,() ]+) (\d\.\d\d)/g)].map((m) => [m[1], Number(m[2])]);
	return { text, members };
};

// Findings, in the order of view.h.
const FINDINGS = [
	['bad', 'could not be forecast', 'No model, nor the fallback, gave a forecast; or the rows cannot be read.'],
	['bad', 'fell back to a simpler model', 'The model failed; a simpler one took its place.'],
	['bad', 'late or stale', 'By the status in the summary.'],
	['warn', 'had absurd intervals', 'They were replaced by those of the series alone.'],
	['warn', 'often outside their widest interval', 'Half or more of the actual values lie outside the widest interval.'],
	['warn', 'drift away from their forecasts', 'Errors go one way, and are twice the usual change from season to season, or more; or the store of the nights says so.'],
	['warn', 'jump at once', 'The forecast leaves the last season by four times what seasons usually differ by, or more.'],
	['warn', 'mostly filled in', 'More than half of their steps had no value.'],
	['', 'end before the file does', 'Their last value lies before the last of the file.'],
];

// Errors of a series: of the first model, as it turned out or else backtested.
const place = (scores, name) => (scores ? scores.models.findIndex((m) => m.name === name) : -1);
const nowAt = place(data.now, data.models[0]);
const beforeAt = place(data.before, data.models[0]);
const scoreOf = (i, key, at) => (at >= 0 && data.at[i][key] && data.at[i][key][at]) || null;
const nowOf = (i) => scoreOf(i, 'm', nowAt);
const beforeOf = (i) => scoreOf(i, 'b', beforeAt);
const errorOf = (i) => {
	const s = nowOf(i) || beforeOf(i);
	const w = data.now || data.before || i < 0 ? null : data.at[i].w; // of past nights
	return s && s[0] >= 0 ? s[0] : w ? w[1] ?? NaN : NaN;
};

// Colours: as the style sheet has them now.
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
const DASHES = [null, [6, 3], [2, 2], [8, 3, 2, 3], [4, 4]];
const modelColour = (k) => colour(['forecast', 'alt1', 'alt2', 'alt3'][k % 4]);
const redraws = [];
const drawn = (draw) => { redraws.push(draw); draw(); };
// What has to know how wide its place is: not before that is in the page.
const drawnSoon = (draw) => queueMicrotask(() => drawn(draw));
const widthOf = (element) => Math.max(240, element.clientWidth || (element.parentElement && element.parentElement.clientWidth) || 480);
const redraw = () => redraws.forEach((draw) => draw());

const swatch = (kind, ink, dash) => {
	const svg = make('svg', { viewBox: '0 0 22 10', 'aria-hidden': 'true' });
	if (kind === 'band')
		svg.append(make('rect', { width: 22, height: 10, fill: ink, 'fill-opacity': dash }));
	else
		svg.append(make('path', { d: 'M0 5H22', stroke: ink, 'stroke-width': 2.2, 'stroke-dasharray': dash ? dash.join(' ') : null }));
	if (kind === 'dots')
		svg.append(make('circle', { cx: 11, cy: 5, r: 3.6, fill: ink }));
	return svg;
};
const keyOf = (rows) => rows.map(([kind, ink, dash, text]) => make('span', null, swatch(kind, ink, dash), text));

const isWord = (rows, i) => rows.length > 0 && rows[0][i] instanceof Node && rows[0][i].className === 'word';
const table = (head, rows, wordy = 1) => make('table', null,
	make('thead', null, make('tr', null, ...head.map((h, i) => make('th', { scope: 'col', class: i < wordy || isWord(rows, i) ? 'word' : null }, h)))),
	make('tbody', null, ...rows.map((row) => {
		const cells = row.cells || row;
		return make('tr', { class: row.kind || null }, ...cells.map((c, i) => (c instanceof Node && c.tagName === 'TD' ? c
			: make('td', { class: i < wordy ? 'word' : null }, c))));
	})));
const folded = (title, content) => make('details', null, make('summary', null, title),
	make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title }, content));

const link = (i) => {
	const a = make('a', { href: `#series`, title: data.ids[i] }, data.ids[i]);
	a.addEventListener('click', (event) => {
		event.preventDefault();
		show(i);
		$('series').scrollIntoView();
		$('name').setAttribute('tabindex', '-1');
		$('name').focus({ preventScroll: true });
	});
	return a;
};

// At a glance.

// How a model's forecasts of all nights in the store turned out together.
const turnedOf = (model) => (data.past ? data.past.turned.filter((t) => t[1] === model && t[2] > 0) : []);
const nightsOf = (model) => {
	const all = turnedOf(model);
	const n = all.reduce((sum, t) => sum + t[2], 0);
	const level = all.reduce((most, t) => Math.max(most, t[6] ?? 0), 0);
	const covered = all.filter((t) => t[6] === level && t[7] !== null);
	const compared = covered.reduce((sum, t) => sum + t[2], 0);
	return { n, nights: all.length, mase: all.reduce((sum, t) => sum + t[2] * (t[3] ?? 0), 0) / n,
		cover: compared > 0 ? [[level, covered.reduce((sum, t) => sum + t[2] * t[7], 0) / compared, compared]] : [] };
};

const answer = (kind, question, big, ...rest) => make('div', { class: `answer ${kind}` },
	make('h2', null, question), make('div', { class: 'big' }, big),
	...rest.filter(Boolean).map((r) => (typeof r === 'string' ? make('p', null, r) : r)));

const median = (list) => list.slice().sort((a, b) => a - b)[Math.floor(list.length / 2)];
// What nights in the store were like.
const usualNight = () => {
	const nights = data.past ? data.past.nights : [];
	if (nights.length < 2)
		return null;
	const odd = median(nights.map((n) => n[2] + n[3] + n[4]));
	return `Usual, over ${count(nights.length)} nights: ${odd > 0 ? count(odd) : 'none'} failed, fell back or late, in ${seconds(median(nights.map((n) => n[7])))}.`;
};

const answerNight = () => {
	const { ok, fallback, late, failed } = data.tally;
	const odd = [[failed, 'failed'], [fallback, 'fell back'], [late, 'late or stale']].filter((o) => o[0] > 0);
	const kind = failed > 0 ? 'bad' : odd.length ? 'warn' : 'good';
	const mine = turnedOf(data.models[0]);
	const last = mine[mine.length - 1];
	const usual = mine.slice(0, -1).map((t) => t[3]).filter((x) => x !== null);
	const before = median(usual);
	const than = last && last[3] > 1.15 * before ? 'worse than usual' : last && last[3] < before / 1.15 ? 'better than usual' : 'as usual';
	const nights = !last || usual.length === 0 ? null : `Night ${last[0]}, the last whose values have come, had a MASE of ${brief(last[3])}: ${than} (${brief(before)}).`;
	const took = data.lines ? `It took ${seconds(data.lines.end)} on ${plural(data.lines.tracks - 1, 'thread')}.` : null;
	return answer(kind, 'Was the night normal?',
		odd.length === 0 ? `Yes: all ${count(data.series)} as asked` : `${count(ok)} of ${count(data.series)} as asked`,
		odd.length ? odd.map(([n, word]) => `${count(n)} ${word}`).join(', ')
			: data.hasFits ? 'None failed, none fell back.' : 'None is missing; with --summary this knows of fallbacks, too.',
		took, usualNight(), nights);
};
const command = (text) => make('div', null, ...text.split('\n').map((line) => make('p', null, make('code', null, line))));
const BACKTEST = `nightcast backtest -H ${H} -m ${data.models.map(quote).join(',')} ${quote(data.files.train || 'INPUT')} --steps steps.csv`;

const answerError = () => {
	const now = data.now && data.now.models[nowAt];
	const before = data.before && data.before.models[beforeAt];
	const s = now || before;
	const nights = nightsOf(data.models[0]);
	if ((!s || !Number.isFinite(s.mase)) && nights.n > 0)
		return answer(nights.mase < 1 ? 'good' : 'warn', 'How good are the forecasts?', `MASE ${brief(nights.mase)}`,
			`Of ${plural(nights.nights, 'past night')}, ${plural(nights.n, 'value')} that have come since; errors are ${nights.mase < 1 ? 'smaller' : 'larger'} than the usual change from season to season.`);
	if (!s || !Number.isFinite(s.mase))
		return answer('', 'How good are the forecasts?', 'Not measured',
			'A backtest tells, given to --scores:', command(BACKTEST));
	const than = s.mase < 1 ? `${Math.round(100 * (1 - s.mase))}% below` : `${Math.round(100 * (s.mase - 1))}% above`;
	const kind = s.mase < 1 ? 'good' : 'warn';
	return answer(kind, 'How good are the forecasts?', `MASE ${brief(s.mase)}`,
		`Errors are ${than} the usual change from season to season. sMAPE ${brief(s.smape)}.`,
		now && before ? `In the backtest ${brief(before.mase)}: `
			+ `${now.mase > 1.15 * before.mase ? 'this time was worse.' : now.mase < before.mase / 1.15 ? 'this time was better.' : 'this time is as usual.'}`
			: `${now ? 'Against' : 'Backtest:'} ${count(s.n)} series${now ? ' of actual values' : ''}.`);
};
const cover = (scores, at) => {
	const m = scores && scores.models[at];
	if (!m || scores.levels.length === 0)
		return [];
	return scores.levels.map((level, k) => {
		const inside = m.inside[k];
		const all = inside.length > 1 ? inside[inside.length - 1] : k === scores.levels.length - 1 ? m.widest : null;
		return [level, all, m.compared];
	}).filter((c) => Number.isFinite(c[1]));
};
const answerIntervals = () => {
	let rows = cover(data.now, nowAt).length ? cover(data.now, nowAt) : cover(data.before, beforeAt);
	const late = rows.length === 0;
	if (late)
		rows = nightsOf(data.models[0]).cover;
	if (rows.length === 0)
		return answer('', 'Do the intervals hold?', 'Not measured',
			'Actual values tell, named after the forecasts, or a backtest with --steps.');
	const [level, inside, n] = rows[rows.length - 1];
	const off = 100 * inside - level;
	// two and a half points, or what so few values may be off by chance
	const most = Math.max(2.5, 2.5 * Math.sqrt(level * (100 - level) / Math.max(n, 1)));
	const kind = Math.abs(off) <= most ? 'good' : 'warn';
	return answer(kind, 'Do the intervals hold?',
		kind === 'good' ? `Yes: ${level}% holds ${percent(inside)}`
			: off < 0 ? `Too narrow: ${level}% holds ${percent(inside)}` : `Wide: ${level}% holds ${percent(inside)}`,
		...rows.slice(0, -1).map(([l, c]) => `The ${l}% interval holds ${percent(c)}.`),
		Number.isFinite(n) ? `Of ${count(n)} actual values${late ? ' that came after past nights' : ''}, so many lie inside.` : null);
};
const byKey = (key) => Array.from({ length: N }, (_, i) => i).filter((i) => !Number.isNaN(key(i)))
	.sort((a, b) => key(b) - key(a) || a - b);
const jumpOf = (i) => (data.at[i].c === undefined ? NaN : Math.abs(data.at[i].c));
const answerWorst = () => {
	const measured = Number.isFinite(errorOf(byKey(errorOf)[0] ?? -1)) && byKey(errorOf).length > 0;
	const key = measured ? errorOf : jumpOf;
	const worst = byKey(key).filter((i) => key(i) > 0).slice(0, 4);
	if (worst.length === 0)
		return answer('', 'Which series are worst?', 'Not measured', 'And no forecast leaves what the series did before.');
	return make('div', { class: 'answer' },
		make('h2', null, measured ? 'Which series are worst? (MASE)' : 'Which series move most?'),
		make('ol', null, ...worst.map((i) => make('li', null, link(i), make('span', null, brief(key(i)))))),
		make('p', { class: 'soft' }, measured ? 'Mean error in units of the usual change from season to season: below 1 is good.' : 'How far the forecast leaves the last season; 1 is what seasons usually differ by.'));
};

// What stands out.

const LISTED = 8;
const showFindings = () => {
	const rows = FINDINGS.map(([kind, words, title], k) => {
		if (data.found[k] === 0)
			return null;
		const here = [];
		for (let i = 0; i < N; i++)
			if (data.at[i].e >> k & 1)
				here.push(i);
		const usual = k >= 7 && data.found[k] > data.series / 2;
		const list = make('div', { class: 'list' });
		const fill = (n) => {
			list.replaceChildren(...here.slice(0, n).map(link));
			if (here.length > n) {
				const more = make('button', { type: 'button' }, `${count(here.length - n)} more`);
				more.addEventListener('click', () => fill(n + 200));
				list.append(more);
			} else if (here.length < data.found[k])
				list.append(make('span', { class: 'soft' }, `and ${count(data.found[k] - here.length)} that are not on this page`));
		};
		if (usual)
			list.append(make('span', { class: 'soft' }, 'Usual for this file.'));
		else
			fill(LISTED);
		return make('div', { class: `finding ${usual ? '' : kind}`, title }, make('b', null, count(data.found[k])),
			make('span', { class: 'what' }, `${words}`), list);
	}).filter(Boolean);
	if (!data.found.slice(0, 8).some((n) => n > 0))
		rows.unshift(make('div', { class: 'calm' }, 'Nothing: every series was forecast, and none looks odd.'));
	$('findings').append(...rows);
};

// One series.

let current = -1;
let order = Array.from({ length: N }, (_, i) => i);
let rank = order.slice();
let graph = null;
let wholeHistory = false;

const decode = (i) => {
	const s = data.at[i];
	const from = s.from || 0;
	const y = vector(s.y, s.n - from);
	const forecasts = s.f.map((text) => (text ? vector(text, 0) : null));
	const actual = data.hasActual ? vector(s.x, H) : null;
	return { s, from, y, forecasts, actual };
};
const lo = (f, k, h) => f[H + k * H + h];
const hi = (f, k, h) => f[H + (data.levels.length + k) * H + h];
let byMedian = false;
const middle = (f, h) => (byMedian ? lo(f, MEDIAN, h) : f[h]);
const orNull = (x) => (Number.isNaN(x) || x === undefined ? null : x);
const three = (x) => [orNull(x), orNull(x), orNull(x)];

// What the last nights said of it, each a line of its own.
const NIGHTS = data.past ? data.at.reduce((most, s) => Math.max(most, s.p ? s.p.length : 0), 0) : 0;
const nightValue = (said, t) => (t >= said[1] && t - said[1] + 2 < said.length ? said[t - said[1] + 2] : null);
const LABELS = ['time', ...Array.from({ length: NIGHTS }, (_, k) => `night ${k + 1}`), 'history', ...BANDS.map((k) => `${data.levels[k]}%`).reverse(), ...data.models.map((m, k) => `forecast ${k + 1}`), 'actual'];
const rowsOf = (one) => {
	const rows = [];
	const none = [null, null, null];
	const blank = [...BANDS, ...data.models].map(() => none);
	const said = (t) => Array.from({ length: NIGHTS }, (_, k) => (one.s.p && one.s.p[k] ? three(nightValue(one.s.p[k], t) ?? NaN) : none));
	one.y.forEach((v, t) => rows.push([axisValue(advance(one.s, one.from + t)), ...said(one.from + t), three(v), ...blank, none]));
	for (let h = 0; h < H; h++) {
		const f = one.forecasts[0];
		const bands = BANDS.map((k) => (f ? [orNull(lo(f, k, h)), orNull(middle(f, h)), orNull(hi(f, k, h))] : none)).reverse();
		rows.push([axisValue(advance(one.s, one.s.n + h)), ...said(one.s.n + h), none, ...bands,
			...one.forecasts.map((g) => (g ? three(middle(g, h)) : none)), one.actual ? three(one.actual[h]) : none]);
	}
	return rows;
};
const recentWindow = (one) => {
	const past = Math.max(3 * data.season, 2 * H, 24);
	const first = Math.max(one.from, one.s.n - past);
	const [a, b] = [advance(one.s, first), advance(one.s, one.s.n + H - 1)].map((t) => +axisValue(t));
	return [a - (b - a) / 100, b + (b - a) / 100];
};
const numberAxis = { axisLabelFormatter: (x) => escapeHtml(brief(x)), axisLabelWidth: 64 };
const chartOptions = () => ({
	labelsUTC: true, legend: 'never', customBars: true, gridLineColor: colour('grid'), axisLineColor: colour('line'),
	axisLineWidth: 1, gridLineWidth: 1, highlightCircleSize: 4, fillAlpha: 0.2, xRangePad: 6, yRangePad: 8,
	connectSeparatedPoints: false, animatedZooms: false,
	axes: { y: numberAxis, x: { axisLabelWidth: 64, pixelsPerLabel: innerWidth < 700 ? 50 : 80 } },
});
const bandAlpha = (k) => 0.12 + 0.16 * (data.levels.length - 1 - k) / Math.max(1, data.levels.length - 1) + 0.04;
const seriesStyle = () => {
	const style = { history: { color: colour('ink'), strokeWidth: 1.4 },
		actual: { color: colour('actual'), strokeWidth: 1.2, drawPoints: true, pointSize: 3, drawGapEdgePoints: true } };
	for (let k = 0; k < NIGHTS; k++)
		style[`night ${k + 1}`] = { color: colour('night'), strokeWidth: 1.4, strokePattern: [3, 2], highlightCircleSize: 2 };
	BANDS.forEach((k) => { style[`${data.levels[k]}%`] = { color: colour('fill'), strokeWidth: 0, fillAlpha: bandAlpha(k), highlightCircleSize: 0 }; });
	data.models.forEach((_, k) => {
		style[`forecast ${k + 1}`] = { color: modelColour(k), strokeWidth: k === 0 ? 2.2 : 1.4, strokePattern: DASHES[k % DASHES.length] };
	});
	return style;
};

const readout = (one, t) => {
	const h = t - one.s.n;
	const parts = [stepTime(one.s, t)];
	if (h < 0)
		parts.push(`value ${brief(one.y[t - one.from])}`);
	else {
		one.forecasts.forEach((f, k) => {
			if (f)
				parts.push(`${data.models[k]} ${brief(f[h])}${MEDIAN >= 0 ? `, median ${brief(lo(f, MEDIAN, h))}` : ''}`);
		});
		if (one.forecasts[0])
			BANDS.forEach((k) => parts.push(`${data.levels[k]}% from ${brief(lo(one.forecasts[0], k, h))} to ${brief(hi(one.forecasts[0], k, h))}`));
		if (one.actual && !Number.isNaN(one.actual[h]))
			parts.push(`actual ${brief(one.actual[h])}`);
	}
	const said = (one.s.p || []).map((s) => [s[0], nightValue(s, t)]).filter((s) => s[1] !== null && s[1] !== undefined);
	if (said.length)
		parts.push(`before: ${said.map(([night, x]) => `night ${night} ${brief(x)}`).join(', ')}`);
	$('readout').textContent = parts.join(' · ');
};
const drawKey = () => {
	$('key').replaceChildren(...keyOf([['line', colour('ink'), null, 'history'],
		...data.models.slice(0, 5).map((m, k) => ['line', modelColour(k), DASHES[k % DASHES.length], k === 0 ? `forecast (${m}${byMedian ? ', median' : ''})` : m]),
		...BANDS.map((k) => ['band', colour('fill'), bandAlpha(k) + (k < WIDEST ? bandAlpha(WIDEST) : 0), `${data.levels[k]}%`]),
		...(NIGHTS > 0 ? [['line', colour('night'), [3, 2], 'what the last nights forecast']] : []),
		...(data.hasActual ? [['dots', colour('actual'), null, 'actual']] : [])]));
};
const setWindow = (whole) => {
	wholeHistory = whole;
	$('recent').setAttribute('aria-pressed', String(!whole));
	$('all').setAttribute('aria-pressed', String(whole));
};
const drawSeries = () => {
	if (current < 0)
		return;
	const one = decode(current);
	const rows = rowsOf(one);
	const options = { ...chartOptions(), labels: LABELS, series: seriesStyle(), file: rows,
		dateWindow: wholeHistory ? null : recentWindow(one),
		highlightCallback: (event, x, points, row) => readout(one, one.from + row) };
	if (!graph)
		graph = new Dygraph($('chart'), rows, options);
	else
		graph.updateOptions(options);
	const f = one.forecasts[0];
	$('chart').setAttribute('aria-label', `History and forecast of ${data.ids[current]}`
		+ `${f ? `: from ${brief(f[0])} at ${stepTime(one.s, one.s.n)} to ${brief(f[H - 1])} at ${stepTime(one.s, one.s.n + H - 1)}` : ': no forecast'}. The table below has every step.`);
	$('readout').textContent = '\u00a0';
	drawKey();
};

const weightBars = (members) => {
	const sorted = members.slice().sort((a, b) => b[1] - a[1]);
	const most = Math.max(...sorted.map((m) => m[1]), 0.01);
	return make('div', { class: 'bars' }, ...sorted.flatMap(([name, w]) => {
		const bar = make('i');
		bar.style.width = `${100 * w / most}%`;
		return [make('em', { title: MEMBER[name] || name, style: null }, name), make('div', null, bar), make('span', null, `${Math.round(100 * w)}%`)];
	}));
};
const scoreText = (s, levels) => {
	const parts = [s[0] >= 0 ? `MASE ${brief(s[0])}` : 'MASE –', `sMAPE ${brief(s[1])}`];
	if (s[4] > 0)
		parts.push(`${count(s[3])} of ${count(s[4])} within ${levels[levels.length - 1]}%`);
	if (s[2] !== null && Math.abs(s[2]) >= 0.5)
		parts.push(s[2] > 0 ? 'mostly too high' : 'mostly too low');
	return parts.join(', ');
};
const ending = (n) => (n % 100 > 10 && n % 100 < 14 ? 'th' : ['th', 'st', 'nd', 'rd'][n % 10] || 'th');
const rankText = (i) => {
	const e = errorOf(i);
	if (Number.isNaN(e))
		return null;
	const worse = data.at.reduce((n, _, j) => n + (errorOf(j) > e), 0);
	const n = worse + 1;
	const place = (k, word) => (k === 1 ? word : `${count(k)}${ending(k)} ${word}`);
	const m = data.at.reduce((all, _, j) => all + (errorOf(j) <= e), 0); // of those with an error
	return `${n <= m ? place(n, 'worst') : place(m, 'best')} of ${count(worse + m)}`;
};
const showFacts = (i) => {
	const s = data.at[i];
	const list = make('dl');
	const add = (name, ...value) => list.append(make('dt', null, name), make('dd', null, ...value));
	(s.fit || []).forEach((fit, k) => {
		const spec = specOf(fit);
		if (!spec)
			return;
		const words = spec.members.length ? inWords(spec.members) : describe(spec.text);
		add(data.models.length > 1 ? data.models[k] : 'Model', words,
			spec.members.length ? weightBars(spec.members) : words === spec.text ? '' : make('div', { class: 'soft' }, spec.text));
	});
	if (!data.hasFits)
		add('Model', make('span', { class: 'soft' }, `${data.models.join(', ')}; --summary says why it forecasts so`));
	for (const [scores, key, at] of [[data.now, 'm', nowAt], [data.before, 'b', beforeAt]]) {
		if (!scores || !s[key])
			continue;
		const name = key === 'm' ? 'Errors' : scores.backtest ? 'Backtest' : 'Scores';
		const level = scores.levels[scores.levels.length - 1];
		const known = scores.models.map((m, k) => [m, s[key][k]]).filter((p) => p[1]);
		const ranked = key === 'm' && at >= 0 && rankText(i) ? make('div', { class: 'soft' }, rankText(i)) : null;
		if (known.length === 1)
			add(name, scoreText(known[0][1], scores.levels), ranked);
		else if (known.length > 1)
			add(name, table(['', 'MASE', 'sMAPE', ...(level ? [`in ${level}%`] : [])], known.map(([m, r]) => [m.name, brief(r[0] >= 0 ? r[0] : NaN), brief(r[1]),
				...(level ? [r[4] > 0 ? percent(r[3] / r[4]) : '–'] : [])])), ranked);
	}
	if (s.w)
		add('Past nights', `MASE ${brief(s.w[1])} over ${plural(s.w[0], 'value')}${s.w[4] > 0 ? `, ${count(s.w[5])} of ${count(s.w[4])} within ${s.w[3]}%` : ''}`
			+ `${s.w[1] > 0 && Math.abs(s.w[2]) >= 0.5 * s.w[1] ? `, mostly too ${s.w[2] < 0 ? 'high' : 'low'}` : ''}${s.e >> 5 & 1 ? '; drifting' : ''}`);
	add('History', `${plural(s.n, 'step')}${s.n > 0 ? `, ${stepTime(s, 0)} to ${stepTime(s, s.n - 1)}` : ''}`);
	const repairs = [s.filled ? `${plural(s.filled, 'step')} without a value` : null, s.missing ? `${plural(s.missing, 'row')} with an empty one` : null,
		s.doubles ? `${plural(s.doubles, 'duplicate row')}` : null, s.unordered ? 'rows were out of order' : null].filter(Boolean);
	add('Data', repairs.length ? repairs.join(', ') : 'complete, in order');
	$('facts').replaceChildren(list);
};
const showRemarks = (i) => {
	const s = data.at[i];
	const remarks = [];
	FINDINGS.forEach(([kind, words], k) => {
		if (s.e >> k & 1)
			remarks.push([kind, `${{ 0: 'could not be forecast', 1: 'fell back', 2: 'late or stale', 3: 'absurd intervals replaced', 4: 'often outside its widest interval', 5: 'drifts away', 6: 'jumps', 7: 'mostly filled in', 8: 'ends early' }[k]}`]);
	});
	(s.fit || []).forEach((fit, k) => {
		// that it ends early is said already
		const detail = fit[1] >= 0 ? data.details[fit[1]].replace(/^ends before the file does(; )?/, '') : '';
		if (fit[0] || detail)
			remarks.push(['', `${data.models[k]}${fit[0] ? ` ${fit[0]}` : ''}${detail ? `: ${detail}` : ''}`]);
	});
	if (s.error)
		remarks.push(['bad', s.error]);
	$('remarks').replaceChildren(...remarks.flatMap(([kind, text], k) => [k > 0 ? ' · ' : '', make('span', { class: kind || null }, text)]));
};
const digits = (x) => ($('exact').checked ? (Number.isNaN(x) || x === undefined ? '' : String(x)) : brief(x));
const showTable = () => {
	if (current < 0 || !$('numbers').open)
		return;
	const one = decode(current);
	const f = one.forecasts[0];
	const head = ['step', 'time', ...data.models, ...data.levels.flatMap((l, k) => (k === MEDIAN ? ['q-50'] : [`lo-${l}`, `hi-${l}`])), ...(data.hasActual ? ['actual'] : [])];
	const rows = Array.from({ length: H }, (_, h) => {
		const cell = (x, kind) => make('td', { title: Number.isNaN(x) || x === undefined ? null : String(x), class: kind || null }, digits(x));
		const out = one.actual && f && BANDS.length > 0 && (one.actual[h] < lo(f, WIDEST, h) || one.actual[h] > hi(f, WIDEST, h));
		return [String(h + 1), stepTime(one.s, one.s.n + h), ...one.forecasts.map((g) => cell(g ? g[h] : NaN)),
			...data.levels.flatMap((_l, k) => [cell(f ? lo(f, k, h) : NaN), ...(k === MEDIAN ? [] : [cell(f ? hi(f, k, h) : NaN)])]),
			...(one.actual ? [cell(one.actual[h], out ? 'out' : null)] : [])];
	});
	const past = Math.min(one.y.length, 3 * Math.max(data.season, 4));
	const before = Array.from({ length: past }, (_, k) => {
		const t = one.s.n - past + k;
		return [stepTime(one.s, t), digits(one.y[t - one.from])];
	});
	const nights = (one.s.p || []).slice().reverse().flatMap((said) => said.slice(2).map((x, h) => [`night ${said[0]}`,
		stepTime(one.s, said[1] + h), digits(x ?? NaN), said[1] + h < one.s.n ? digits(one.y[said[1] + h - one.from]) : '']));
	$('steps').replaceChildren(table(head, rows, 2), make('p', { class: 'note' }, 'The last values before:'),
		table(['time', 'value'], before), ...(nights.length ? [make('p', { class: 'note' }, 'What the last nights forecast, and what came:'),
			table(['night', 'time', data.models[0], 'value'], nights, 2)] : []));
};

// What its mean is made of: under each model a base, which comes first, and
// what regressors and events add to it.  Bars are of the largest of these.
const PART_INKS = ['forecast', 'actual', 'alt2', 'alt1', 'learn', 'alt3', 'good'];
let madeBy = 0;
const madeOf = (i, k) => (data.at[i].k && data.at[i].k[k] ? data.at[i].k[k].map(([name, text]) => ({ name: data.parts[name], values: vector(text, H) }))
	.sort((a, b) => (b.name === 'base') - (a.name === 'base')) : null);
const sizeOf = (part) => part.values.reduce((sum, x) => sum + (Math.abs(x) || 0), 0);
const barsOf = (added) => {
	const sorted = added.slice().sort((a, b) => sizeOf(b) - sizeOf(a));
	const [first, rest] = [sorted.slice(0, PART_INKS.length), sorted.slice(PART_INKS.length)];
	return first.map((part, k) => ({ ...part, ink: PART_INKS[k] })).concat(rest.length === 0 ? [] : [{ name: `${count(rest.length)} others`, ink: 'night',
		values: Array.from({ length: H }, (_, h) => rest.reduce((sum, part) => sum + (part.values[h] || 0), 0)) }]);
};
const withSign = (x) => `${x > 0 ? '+' : ''}${brief(x)}`;
const drawMade = () => {
	const made = current >= 0 ? madeOf(current, madeBy) : null;
	$('made-plot').replaceChildren();
	$('made-key').replaceChildren();
	$('made-readout').textContent = '\u00a0';
	if (!made)
		return;
	const shown = barsOf(made.slice(1));
	const stack = (h, sign) => shown.reduce((sum, part) => sum + Math.max(0, sign * (part.values[h] || 0)), 0);
	const steps = Array.from({ length: H }, (_, h) => h);
	const [up, down] = [1, -1].map((sign) => Math.max(...steps.map((h) => stack(h, sign))));
	const [whole, tall, left] = [widthOf($('made-plot')), 150, 64];
	const wide = (whole - left - 8) / H;
	const y = (x) => 8 + (tall - 32) * (up - x) / (up + down || 1);
	const bars = steps.flatMap((h) => {
		const at = [0, 0];
		return shown.filter((part) => part.values[h]).map((part) => {
			const below = Number(part.values[h] < 0);
			const [from, to] = [at[below], at[below] + part.values[h]];
			at[below] = to;
			return make('rect', { x: left + wide * (h + 0.1), width: 0.8 * wide, y: y(Math.max(from, to)), height: Math.abs(y(from) - y(to)), fill: colour(part.ink) });
		});
	});
	const s = data.at[current];
	const ticks = [up, 0, -down].filter((x, k) => k === 1 || Math.abs(y(x) - y(0)) > 14);
	$('made-plot').setAttribute('viewBox', `0 0 ${whole} ${tall}`);
	$('made-plot').setAttribute('aria-label', `What ${shown.map((part) => part.name).join(', ')} add to the base at each step; the table has it`);
	$('made-plot').append(...ticks.map((x) => make('text', { x: left - 8, y: y(x) + 4, 'text-anchor': 'end' }, withSign(x))), ...bars,
		make('path', { class: 'axis', d: `M${left} ${y(0)}H${whole - 8}` }),
		make('text', { x: left, y: tall - 6 }, stepTime(s, s.n)), make('text', { x: whole - 8, y: tall - 6, 'text-anchor': 'end' }, H > 1 ? stepTime(s, s.n + H - 1) : ''));
	$('made-plot').onmousemove = (event) => {
		const box = $('made-plot').getBoundingClientRect();
		const h = Math.floor(((event.clientX - box.left) * whole / box.width - left) / wide);
		if (h >= 0 && h < H)
			$('made-readout').textContent = [stepTime(s, s.n + h), `base ${brief(made[0].values[h])}`,
				...made.slice(1).filter((part) => part.values[h]).map((part) => `${part.name} ${withSign(part.values[h])}`)].join(' · ');
	};
	$('made-key').append(...keyOf(shown.map((part) => ['band', colour(part.ink), 1, part.name])));
};
const showMade = () => {
	$('made').hidden = current < 0 || !data.at[current].k;
	if ($('made').hidden)
		return;
	const s = data.at[current];
	const made = madeOf(current, madeBy);
	$('made-say').textContent = made ? 'Its base, and what regressors and events add to that: together the mean.' : `${data.models[madeBy]}: its base alone, to which nothing is added.`;
	$('made-steps').hidden = !made;
	if (made) {
		const mean = decode(current).forecasts[madeBy];
		const cell = (x) => make('td', { title: Number.isNaN(x) ? null : String(x) }, Number.isNaN(x) ? '' : digits(x));
		$('made-steps').replaceChildren(table(['step', 'time', ...made.map((part) => part.name), 'mean'],
			Array.from({ length: H }, (_, h) => [String(h + 1), stepTime(s, s.n + h), ...made.map((part) => cell(part.values[h])), cell(mean ? mean[h] : NaN)]), 2));
	}
	drawMade();
};
const show = (i) => {
	if (i < 0 || i >= N)
		return;
	current = i;
	$('name').textContent = data.ids[i];
	$('one').dataset.series = data.ids[i];
	$('position').textContent = `${count(rank[i] + 1)} of ${count(N)}`;
	showRemarks(i);
	showFacts(i);
	drawSeries();
	showTable();
	showMade();
};
const page = (by) => show(order[(rank[current] + by + N) % N]);

const ORDERS = [
	['as in the file', () => Array.from({ length: N }, (_, i) => i)],
	['worst first', () => byKey(errorOf)],
	['largest first', () => byKey((i) => data.at[i].v ?? NaN)],
	['most changed first', () => byKey(jumpOf)],
	['by id', () => Array.from({ length: N }, (_, i) => i).sort((a, b) => (data.ids[a] < data.ids[b] ? -1 : 1))],
];
const setOrder = (k) => {
	const some = ORDERS[k][1]();
	const has = new Set(some);
	order = some.concat(Array.from({ length: N }, (_, i) => i).filter((i) => !has.has(i)));
	rank = new Array(N);
	order.forEach((i, at) => { rank[i] = at; });
	show(order[0]);
};

// Search.

let hits = [];
let chosen = -1;
const HITS = 50;
const lowered = data.ids.map((id) => id.toLowerCase());
const search = (text) => {
	const wanted = text.trim().toLowerCase();
	const first = [];
	const others = [];
	let total = 0;
	for (let i = 0; i < N && wanted; i++) {
		const at = lowered[i].indexOf(wanted);
		if (at < 0)
			continue;
		total++;
		(at === 0 ? first : others).push(i);
	}
	first.sort((a, b) => lowered[a].length - lowered[b].length || a - b);
	hits = first.concat(others).slice(0, HITS);
	chosen = hits.length ? 0 : -1;
	return total;
};
const showHits = (total) => {
	const open = $('search').value.trim() !== '';
	$('hits').hidden = !open;
	$('search').setAttribute('aria-expanded', String(open));
	const rows = hits.map((i, k) => make('li', { role: 'option', id: `hit${k}`, 'aria-selected': String(k === chosen) }, data.ids[i]));
	rows.forEach((row, k) => row.addEventListener('mousedown', (event) => { event.preventDefault(); choose(k); }));
	if (total > hits.length)
		rows.push(make('li', { class: 'more', 'aria-disabled': 'true' }, `and ${count(total - hits.length)} more`));
	if (hits.length === 0)
		rows.push(make('li', { class: 'more' }, N < data.series ? 'No such series among those on this page' : 'No such series'));
	$('hits').replaceChildren(...rows);
	mark();
};
const mark = () => {
	[...$('hits').children].forEach((row, k) => row.id && row.setAttribute('aria-selected', String(k === chosen)));
	if (chosen >= 0) {
		$('search').setAttribute('aria-activedescendant', `hit${chosen}`);
		$(`hit${chosen}`).scrollIntoView({ block: 'nearest' });
	} else
		$('search').removeAttribute('aria-activedescendant');
};
const closeHits = () => {
	$('hits').hidden = true;
	$('search').setAttribute('aria-expanded', 'false');
};
const choose = (k) => {
	if (hits[k] === undefined)
		return;
	show(hits[k]);
	$('search').value = '';
	closeHits();
};
const searchKey = (event) => {
	if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
		if (hits.length) {
			chosen = (chosen + (event.key === 'ArrowDown' ? 1 : -1) + hits.length) % hits.length;
			mark();
		}
		event.preventDefault();
	} else if (event.key === 'Enter')
		choose(chosen);
	else if (event.key === 'Escape') {
		$('search').value = '';
		closeHits();
	}
};

// The whole.

const panel = (title, say, ...content) => make('div', { class: 'panel' }, make('h3', null, title),
	say ? make('p', { class: 'say' }, say) : null, ...content);
const lacking = (title, text, how) => panel(title, null, make('p', { class: 'empty' }, text), how ? command(how) : null);
const REPORT = `nightcast report ${quote(data.files.forecasts || 'FORECASTS')} --train ${quote(data.files.train || 'INPUT')} --scores steps.csv -o report.html`;

const measured = () => [data.now, data.before].filter(Boolean);
const titleOf = (scores) => (scores === data.now ? 'as it turned out' : scores.backtest ? 'in the backtest' : 'by the scores');

const leaderboard = () => {
	const scores = measured();
	if (scores.length === 0)
		return lacking('Models compared', 'A backtest of several models says which is best here:',
			`nightcast backtest -H ${H} -m auto,ets,snaive ${quote(data.files.train || 'INPUT')} --steps steps.csv`);
	return panel('Models compared', 'Means over series; the best MASE in bold. 1 is the usual change from season to season.',
		...scores.map((s) => {
			const best = Math.min(...s.models.map((m) => m.mase ?? Infinity));
			const head = ['model', 'series', 'MASE', 'sMAPE', 'MAE', ...s.levels.map((l) => `in ${l}%`)];
			const rows = s.models.map((m, at) => ({ kind: m.mase === best && s.models.length > 1 ? 'best' : null,
				cells: [m.name, count(m.n), brief(m.mase), brief(m.smape), brief(m.mae),
					...s.levels.map((l) => { const c = cover(s, at).find((r) => r[0] === l); return c ? percent(c[1]) : '–'; })] }));
			rows.sort((a, b) => Number(b.kind === 'best') - Number(a.kind === 'best'));
			return make('div', { class: 'scroll' }, scores.length > 1 ? make('p', { class: 'note' }, titleOf(s)) : null, table(head, rows));
		}));
};

const EDGES = Array.from({ length: 17 }, (_, k) => 2 ** ((k - 7) / 2));
const bars = (bins, ink, ticks, tall, wide) => {
	const most = Math.max(...bins, 1);
	const svg = make('svg', { class: 'plot', viewBox: `0 0 ${wide} ${tall + (ticks ? 22 : 8)}`, role: 'img' });
	const at = (k) => 10 + k * (wide - 20) / bins.length;
	bins.forEach((n, k) => {
		const height = (tall - 6) * n / most;
		const rect = make('rect', { x: at(k) + 1, y: tall - height, width: (wide - 20) / bins.length - 2, height, fill: ink, 'fill-opacity': k >= 7 ? 0.95 : 0.6 });
		rect.append(make('title', null, `MASE ${k === 0 ? 'below' : k === 15 ? 'above' : `${brief(EDGES[k])} to`} ${brief(EDGES[k === 15 ? 15 : k + 1])}: ${count(n)} series`));
		svg.append(rect);
	});
	svg.append(make('line', { class: 'axis', x1: 10, x2: wide - 10, y1: tall + 0.5, y2: tall + 0.5 }));
	for (const k of ticks ? [1, 3, 5, 7, 9, 11, 13] : [])
		svg.append(make('text', { x: at(k), y: tall + 15, 'text-anchor': 'middle' }, brief(EDGES[k])));
	svg.append(make('path', { d: `M${at(7)} 2V${tall + 4}`, stroke: colour('ink'), 'stroke-width': 1, 'stroke-dasharray': '3 2' }));
	return svg;
};
const distribution = () => {
	const s = measured()[0];
	if (!s)
		return lacking('Errors of the series', 'How MASE is spread over the series: give actual values, or scores:', BACKTEST);
	const body = make('div');
	drawnSoon(() => body.replaceChildren(...s.models.slice(0, 6).flatMap((m, k) => {
		const above = m.bins.slice(7).reduce((a, b) => a + b, 0);
		const all = m.bins.reduce((a, b) => a + b, 0);
		const shown = Math.min(6, s.models.length);
		const svg = bars(m.bins, modelColour(k), k === shown - 1, shown === 1 ? 150 : Math.max(34, 150 / shown), widthOf(body));
		svg.setAttribute('aria-label', `MASE of ${m.name}: ${count(above)} of ${count(all)} series above 1`);
		return [make('p', { class: 'note' }, `${m.name}: ${count(above)} of ${count(all)} series above 1 (${percent(above / all)})`), svg];
	})));
	const rows = EDGES.slice(0, 16).map((_, k) => [k === 0 ? `below ${brief(EDGES[1])}` : k === 15 ? `above ${brief(EDGES[15])}`
		: `${brief(EDGES[k])} to ${brief(EDGES[k + 1])}`, ...s.models.slice(0, 6).map((m) => count(m.bins[k]))]);
	return panel('Errors of the series', `How MASE is spread, ${titleOf(s)}; above 1 a series is worse than the usual change from season to season.`,
		body, folded('Table', table(['MASE', ...s.models.slice(0, 6).map((m) => m.name)], rows)));
};

// Dots by the thousand are one path; the nearest to a click is looked for.
const scatter = () => {
	const dots = byKey(errorOf).map((i) => [i, data.at[i].v, errorOf(i)]).filter((d) => d[1] > 0 && d[2] > 0);
	if (dots.length < 2)
		return lacking('Error and volume', 'Whether the large series are the bad ones: give actual values, or scores:', BACKTEST);
	const X = dots.map((d) => Math.log10(d[1]));
	const Y = dots.map((d) => Math.log10(d[2]));
	const range = (v) => { // with room at both ends
		const a = v.reduce((x, y) => Math.min(x, y), Infinity);
		const b = v.reduce((x, y) => Math.max(x, y), -Infinity);
		const room = Math.max(0.05, (b - a) * 0.03);
		return [a - room, b + room];
	};
	const [x0, x1] = range(X);
	const [y0, y1] = range(Y);
	let wide = 480;
	const px = (x) => 44 + (wide - 54) * (x - x0) / (x1 - x0);
	const py = (y) => 214 - 196 * (y - y0) / (y1 - y0);
	const say = make('p', { class: 'readout' }, 'A dot is a series; choose one to see it.');
	const svg = make('svg', { class: 'plot', role: 'img', 'aria-label': `Error against volume of ${count(dots.length)} series` });
	drawnSoon(() => {
		wide = widthOf(svg);
		svg.setAttribute('viewBox', `0 0 ${wide} 250`);
		const marks = [];
		const ticks = (a, b) => {
			const decades = (b - a) * 3 * 46 > (a === x0 ? wide - 54 : 196 * 2.5);
			const all = Array.from({ length: Math.ceil(b) - Math.floor(a) + 1 }, (_, k) => Math.floor(a) + k)
				.flatMap((e) => (decades ? [e] : [e, e + Math.log10(2), e + Math.log10(5)]));
			return all.filter((e) => e >= a && e <= b);
		};
		ticks(x0, x1).forEach((e) => { // none reaches over the edge
			const half = 3.6 * brief(10 ** e).length;
			marks.push(make('text', { x: Math.min(px(e), wide - half), y: 230, 'text-anchor': 'middle' }, brief(10 ** e)));
		});
		ticks(y0, y1).forEach((e) => marks.push(make('text', { x: 38, y: py(e) + 4, 'text-anchor': 'end' }, brief(10 ** e)),
			make('line', { x1: 44, x2: wide - 10, y1: py(e), y2: py(e), stroke: colour('grid') })));
		if (y0 < 0 && y1 > 0)
			marks.push(make('path', { d: `M44 ${py(0)}H${wide - 10}`, stroke: colour('ink'), 'stroke-dasharray': '3 2' }));
		const d = dots.map((_, k) => `M${px(X[k]).toFixed(1)} ${py(Y[k]).toFixed(1)}h0`).join('');
		svg.replaceChildren(...marks, make('path', { d, stroke: colour('forecast'), 'stroke-width': dots.length > 500 ? 3.5 : 6, 'stroke-linecap': 'round', 'stroke-opacity': 0.5, fill: 'none' }),
			make('text', { x: wide - 10, y: 246, 'text-anchor': 'end' }, 'mean size of the last season'), make('text', { x: 6, y: 10 }, 'MASE'));
	});
	const nearest = (event) => {
		const box = svg.getBoundingClientRect();
		const x = (event.clientX - box.left) * wide / box.width;
		const y = (event.clientY - box.top) * 250 / box.height;
		let best = 0;
		let least = Infinity;
		X.forEach((_, k) => {
			const far = (px(X[k]) - x) ** 2 + (py(Y[k]) - y) ** 2;
			if (far < least) { least = far; best = k; }
		});
		return dots[best];
	};
	svg.addEventListener('mousemove', (event) => {
		const [i, volume, error] = nearest(event);
		say.textContent = `${data.ids[i]}: volume ${brief(volume)}, MASE ${brief(error)}`;
	});
	svg.addEventListener('click', (event) => { show(nearest(event)[0]); $('series').scrollIntoView(); });
	const costly = dots.slice().sort((a, b) => b[1] * b[2] - a[1] * a[2]).slice(0, 30);
	return panel('Error and volume', [N < data.series ? 'Of the series on this page.' : null, data.now || data.before ? null : 'By past nights.'].filter(Boolean).join(' ') || null, svg, say,
		folded('Table: where most is at stake', table(['series', 'volume', 'MASE'], costly.map(([i, v, e]) => [link(i), brief(v), brief(e)]))));
};

// A line per row of `lines`: [name, values]; steps on the x axis.
const stepChart = (names, values, extra, first = 1) => {
	const div = make('div', { class: 'chart', role: 'img' });
	const n = Math.max(...values.map((v) => v.length));
	const rows = Array.from({ length: n }, (_, h) => [h + first, ...values.map((v) => orNull(v[h] ?? NaN))]);
	let chart = null;
	drawnSoon(() => {
		const series = {};
		names.forEach((_, k) => { series[`line ${k + 1}`] = { color: modelColour(k), strokePattern: DASHES[k % DASHES.length], strokeWidth: 2, drawPoints: n < 40, pointSize: 2.5, ...(extra && extra(k)) }; });
		const options = { ...chartOptions(), customBars: false, labels: ['step', ...names.map((_, k) => `line ${k + 1}`)], series, file: rows,
			axes: { y: numberAxis, x: { axisLabelFormatter: (x) => (Number.isInteger(x) ? String(x) : '') , axisLabelWidth: 30 } } };
		if (chart)
			chart.updateOptions(options);
		else
			chart = new Dygraph(div, rows, options);
	});
	return { div, rows };
};
const lineKey = (names) => {
	const key = make('div', { class: 'key', 'aria-hidden': 'true' });
	drawn(() => key.replaceChildren(...keyOf(names.map((name, k) => ['line', modelColour(k), DASHES[k % DASHES.length], name]))));
	return key;
};
const withSteps = () => measured().filter((s) => s.models.some((m) => m.steps.length > 1));
const byStep = () => {
	const some = withSteps();
	if (some.length === 0)
		return lacking('Error by step ahead', 'How errors grow with the horizon: give actual values after the forecasts, or a backtest’s steps:', `${BACKTEST}\n${REPORT}`);
	const first = (s) => s.models.filter((m) => m.name === data.models[0]);
	const lines = some.flatMap((s, at) => (at === 0 ? s.models.slice(0, 5) : first(s)).map((m) => [some.length > 1 ? `${m.name} ${titleOf(s)}` : m.name, m.steps]));
	const names = lines.map((l) => l[0]);
	const { div, rows } = stepChart(names, lines.map((l) => l[1]));
	div.setAttribute('aria-label', `Scaled error by step ahead: ${lines.map(([name, v]) => `${name} from ${brief(v[0])} to ${brief(v[v.length - 1])}`).join('; ')}`);
	return panel('Error by step ahead', `Mean scaled error, ${some.map(titleOf).join(' and ')}.`, lineKey(names), div,
		folded('Table', table(['step', ...names], rows.map((r) => [String(r[0]), ...r.slice(1).map(brief)]))));
};
const coverageByStep = () => {
	const s = withSteps().find((t) => t.levels.length > 0);
	if (!s)
		return lacking('Coverage by step ahead', 'Whether intervals hold at every step: give actual values after the forecasts, or a backtest’s steps:', `${BACKTEST}\n${REPORT}`);
	const at = Math.max(0, place(s, data.models[0]));
	const m = s.models[at];
	const inside = s.levels.map((_, k) => m.inside[k].slice(0, -1).map((c) => (c === null ? NaN : 100 * c)));
	const names = s.levels.map((l) => `${l}%`);
	const all = [...inside, ...s.levels.map((l) => inside[0].map(() => l))];
	const { div, rows } = stepChart([...names, ...names.map((n) => `${n} nominal`)], all, (k) => (k < names.length ? {} : { color: colour('soft'), strokePattern: [3, 3], strokeWidth: 1, drawPoints: false }));
	div.setAttribute('aria-label', `Actual values inside the intervals, by step, against ${names.join(' and ')}`);
	return panel('Coverage by step ahead', `Actual values inside the intervals of ${m.name}, in percent, ${titleOf(s)}; dotted: what they promise.`,
		lineKey(names), div, folded('Table', table(['step', ...names], rows.map((r) => [String(r[0]), ...r.slice(1, 1 + names.length).map((x) => (x === null ? '–' : `${x.toFixed(1)}%`))]))));
};

// Nights: how they turned out, and what the last one changed.

const STORE = `nightcast report ${quote(data.files.forecasts || 'FORECASTS')} --train ${quote(data.files.train || 'INPUT')} --store ${quote(data.files.store || 'nights.db')} -o report.html`;
const KEEP = `nightcast forecast -H ${H} ${quote(data.files.train || 'INPUT')} -o ${quote(data.files.forecasts || 'FORECASTS')} --store nights.db`;
const byNight = () => {
	if (!data.past)
		return lacking('Accuracy by night', 'How past nights turned out is in the store that runs keep:', `${KEEP}\n${STORE}`);
	const scored = data.past.turned.filter((t) => t[2] > 0);
	if (scored.length === 0)
		return lacking('Accuracy by night', `${plural(data.past.nights.length, 'night')} in the store, and no value has come yet for which one had a forecast.`);
	const models = [...new Set(scored.map((t) => t[1]))].sort((a, b) => Number(b === data.models[0]) - Number(a === data.models[0])).slice(0, 5);
	const first = Math.min(...scored.map((t) => t[0]));
	const last = Math.max(...scored.map((t) => t[0]));
	const lines = models.map((m) => {
		const line = new Array(last - first + 1).fill(NaN);
		turnedOf(m).forEach((t) => { line[t[0] - first] = t[3] ?? NaN; });
		return line;
	});
	const { div } = stepChart(models, lines, null, first);
	const mine = turnedOf(models[0]);
	div.setAttribute('aria-label', `MASE by night: ${models[0]} from ${brief(mine[0][3])} in night ${mine[0][0]} to ${brief(mine[mine.length - 1][3])} in night ${mine[mine.length - 1][0]}`);
	const night = new Map(data.past.nights.map((n) => [n[0], n]));
	const rows = scored.slice().reverse().map((t) => {
		const n = night.get(t[0]);
		return [String(t[0]), n ? n[8] : '–', t[1], count(t[2]), brief(t[3]), brief(t[4]), percent(t[5] === null ? NaN : Math.round(1000 * t[5]) / 1000 + 0),
			t[7] === null ? '–' : `${percent(t[7])} of ${t[6]}%`, n ? count(n[2]) : '–', n ? count(n[3]) : '–', n ? count(n[5]) : '–', n ? count(n[6]) : '–'];
	});
	return panel('Accuracy by night', 'Mean scaled error of what each night forecast, as far as values have come since.', lineKey(models), div,
		folded('Table', table(['night', 'data until', 'model', 'values', 'MASE', 'bias', 'better than seasonal naive', 'inside', 'failed', 'fell back', 'corrected', 'drifting'], rows, 3)));
};
const mostMoved = () => {
	if (!data.past || data.past.nights.length < 2)
		return null;
	const [before, after] = data.past.nights.slice(-2).map((n) => n[0]);
	const title = `Moved from night ${before} to night ${after}`;
	const rows = data.past.moved.filter((m) => m[3] > 0).slice(0, 20).map(([i, id, model, moved, was, is, reason]) => [i >= 0 ? link(i) : id,
		model, brief(moved), brief(was), brief(is), make('td', { class: 'word' }, reason)]);
	if (rows.length === 0)
		return panel(title, null, make('p', { class: 'empty' }, 'No forecast of the one differs from the other’s.'));
	return panel(title, `The most changed of ${plural(data.past.nmoved, 'forecast')}, over the steps that both nights have forecast; in units of the series’ usual change.`,
		make('div', { class: 'scroll', tabindex: 0, role: 'region', 'aria-label': title },
			table(['series', 'model', 'moved', 'mean before', 'now', 'why'], rows, 2)));
};

const totals = () => {
	const { time: times, rows: sums } = data.totals;
	if (times.length < 2)
		return null;
	// the last seasons; where series end at different times, from where half
	// of those that are there at most have values
	const together = sums.reduce((most, r) => Math.max(most, r[4]), 0);
	if (together < data.series / 2)
		return lacking('All series together', `They end at different times: no step is forecast for more than ${count(together)} of ${count(data.series)} series, so that sums per step say little.`);
	const busiest = sums.reduce((most, r) => Math.max(most, r[3]), 0);
	const firsts = sums.findIndex((r) => r[3] >= busiest / 2);
	const lasts = sums.reduce((last, r, k) => (r[3] >= busiest / 2 ? k : last), 0);
	const start = Math.max(0, firsts, lasts - Math.max(8 * data.season, 4 * H, 36));
	const end = Math.min(sums.length, lasts + 1 + H);
	const time = times.slice(start, end);
	const rows = sums.slice(start, end).map((r) => {
		const [past, future] = [r[3] >= busiest / 2, r[4] >= together / 2];
		return [past ? r[0] : null, future ? r[1] : null, future ? r[2] : null, past ? r[3] : 0, future ? r[4] : 0];
	});
	const div = make('div', { class: 'chart', role: 'img', 'aria-label': `Totals per time step over ${count(data.series)} series` });
	const file = time.map((t, k) => [axisValue(t), rows[k][0], rows[k][1], rows[k][2]]);
	let chart = null;
	drawnSoon(() => {
		const options = { ...chartOptions(), customBars: false, labels: ['time', 'history', 'forecast', 'actual'], file,
			series: { history: { color: colour('ink'), strokeWidth: 1.4 }, forecast: { color: colour('forecast'), strokeWidth: 2.2 },
				actual: { color: colour('actual'), strokeWidth: 1.2, drawPoints: true, pointSize: 3 } },
			highlightCallback: (event, x, points, row) => { say.textContent = `${timeText(time[row])}: ${[['history', rows[row][0]], ['forecast', rows[row][1]], ['actual', rows[row][2]]].filter((p) => p[1] !== null).map(([n, v]) => `${n} ${brief(v)}`).join(', ')}, ${plural(Math.max(rows[row][3], rows[row][4]), 'series')}`; } };
		if (chart)
			chart.updateOptions(options);
		else
			chart = new Dygraph(div, file, options);
	});
	const say = make('p', { class: 'readout' }, '\u00a0');
	const key = make('div', { class: 'key', 'aria-hidden': 'true' });
	drawn(() => key.replaceChildren(...keyOf([['line', colour('ink'), null, 'history'], ['line', colour('forecast'), null, `forecast (${data.models[0]})`],
		...(data.hasActual ? [['dots', colour('actual'), null, 'actual']] : [])])));
	const counts = rows.map((r) => Math.max(r[3], r[4]));
	const uneven = Math.min(...counts) < Math.max(...counts) * 0.98;
	const last = time.map((t, k) => k).slice(-Math.min(time.length, H + 3 * Math.max(4, data.season)));
	const p = panel('All series together', uneven ? 'Sums per time step, where at least half of the series have a value; of those that do.' : 'Sums per time step.',
		key, div, say, folded('Table', table(['time', 'history', 'forecast', 'actual', 'series'],
			last.map((k) => [timeText(time[k]), ...rows[k].slice(0, 3).map(brief), count(counts[k])]))));
	p.classList.add('wide');
	return p;
};

const why = () => {
	const parts = data.why.map((w, k) => {
		if (w.members.length > 0)
			return [make('p', null, `${data.models[k]}: ${inWords(w.members)}.`), weightBars(w.members),
				data.models[k] === 'auto' ? make('p', { class: 'note' }, 'Members with smaller errors on held-back values, of all series and of the series itself, count for more.') : null].filter(Boolean);
		if (w.forms.length === 0)
			return [];
		const all = w.forms.reduce((sum, f) => sum + f[1], w.others);
		if (w.forms.length === 1)
			return [make('p', null, `${data.models[k]}: ${describe(w.forms[0][0])}, for all series.`)];
		return [make('p', null, `${data.models[k]}: forms that were chosen`),
			table(['form', 'series', ''], [...w.forms.map(([f, n]) => {
				const words = describe(f);
				return [make('td', { class: 'wrap' }, words, words === f ? null : make('div', { class: 'soft' }, f)), count(n), percent(n / all)];
			}), ...(w.others ? [['others', count(w.others), percent(w.others / all)]] : [])])];
	}).flat();
	if (parts.length === 0)
		return lacking('Why', 'What the forecasts are made of, over all series: the summary knows.',
			`nightcast forecast -H ${H} ${quote(data.files.train || 'INPUT')} -o ${quote(data.files.forecasts || 'FORECASTS')} --summary summary.csv`);
	return panel('Why', 'What the forecasts are made of, over all series.', ...parts);
};

// The time line: the threads as they worked, and what one alone would take.

const WORKS = [null, ['parse', 'reading'], ['learn', 'learning from all series'], ['forecast', 'fitting series']];
const timeline = () => {
	const L = data.lines;
	if (!L)
		return lacking('Time line', 'Which thread worked on which series when:',
			`nightcast forecast -H ${H} ${quote(data.files.train || 'INPUT')} -o ${quote(data.files.forecasts || 'FORECASTS')} --trace trace.json`);
	const threads = L.tracks - 1;
	const serial = L.end - Math.min(L.end, busyWall(L)) + L.worked;
	const longest = Math.max(L.end, serial);
	const row = Math.max(7, Math.min(22, 240 / (threads + 2)));
	const left = 76;
	let whole = 1000;
	let width = whole - left - 10;
	const height = 34 + row * threads + 26 + row * 1.6 + 26;
	const px = (s) => left + width * s / longest;
	const say = make('p', { class: 'readout' }, '\u00a0');
	const svg = make('svg', { class: 'plot', role: 'img',
		'aria-label': `${plural(threads, 'thread')} took ${seconds(L.end)}; one alone would take about ${seconds(serial)}` });
	drawnSoon(() => {
		whole = widthOf(svg);
		width = whole - left - 10;
		svg.setAttribute('viewBox', `0 0 ${whole} ${height}`);
		const parts = [];
		L.at.filter((s) => s[1] === 0 && s[3] / 1e6 > longest * 44 / width).forEach((s) => parts.push(
			make('text', { x: px(s[2] / 1e6) + 2, y: 12 }, s[5]), make('path', { d: `M${px(s[2] / 1e6)} 4V${30 + row * threads}`, stroke: colour('line') })));
		for (let t = 1; t <= threads; t++) {
			const y = 24 + row * (t - 0.5);
			if (threads <= 16 || t === 1 || t === threads)
				parts.push(make('text', { x: left - 8, y: y + 4, 'text-anchor': 'end' }, `thread ${t}`));
			parts.push(make('line', { x1: left, x2: px(L.end), y1: y, y2: y, stroke: colour('grid'), 'stroke-width': row - 2 }));
		}
		for (const work of [1, 2, 3]) {
			const d = L.at.filter((s) => s[1] === work).map((s) => `M${px(s[2] / 1e6).toFixed(2)} ${24 + row * (s[0] - 0.5)}h${Math.max(width * s[3] / 1e6 / longest - 0.4, 0.25).toFixed(2)}`).join('');
			parts.push(make('path', { d, stroke: colour(WORKS[work][0]), 'stroke-width': row - 2, fill: 'none' }));
		}
		const y = 24 + row * threads + 40;
		parts.push(make('text', { x: left - 8, y: y + 4, 'text-anchor': 'end' }, 'one alone'));
		let at = L.end - Math.min(L.end, busyWall(L));
		parts.push(make('path', { d: `M${px(0)} ${y}H${px(at)}`, stroke: colour('grid'), 'stroke-width': row - 2 }));
		for (const work of [1, 2, 3]) {
			const took = L.at.filter((s) => s[1] === work).reduce((sum, s) => sum + s[3] / 1e6, 0);
			parts.push(make('path', { d: `M${px(at)} ${y}H${px(at + took)}`, stroke: colour(WORKS[work][0]), 'stroke-width': row - 2 }));
			at += took;
		}
		parts.push(make('text', { x: px(longest), y: height - 4, 'text-anchor': 'end' }, seconds(longest)), make('text', { x: left, y: height - 4 }, '0'));
		if (serial > 1.15 * L.end)
			parts.push(make('text', { x: px(L.end) - 5, y: 24 + row * threads + 20, 'text-anchor': 'end' }, seconds(L.end)),
				make('path', { d: `M${px(L.end)} 20V${height - 16}`, stroke: colour('ink'), 'stroke-dasharray': '3 2' }));
		svg.replaceChildren(...parts);
	});
	svg.addEventListener('mousemove', (event) => {
		const box = svg.getBoundingClientRect();
		const t = ((event.clientX - box.left) * whole / box.width - left) / width * longest * 1e6;
		const track = Math.ceil(((event.clientY - box.top) * height / box.height - 24) / row);
		const s = L.at.find((r) => r[0] === track && r[1] > 0 && r[2] <= t && t <= r[2] + r[3]);
		say.textContent = s ? `thread ${track}, ${seconds(s[2] / 1e6)}: ${WORKS[s[1]][1]}${s[5] ? `, ${s[5]}` : ''}${s[4] > 1 ? ` and ${count(s[4] - 1)} more` : ''}, ${seconds(s[3] / 1e6)}` : '\u00a0';
	});
	const key = make('div', { class: 'key', 'aria-hidden': 'true' });
	drawn(() => key.replaceChildren(...keyOf(WORKS.slice(1).map(([ink, word]) => ['band', colour(ink), 1, word]))));
	const busy = Array.from({ length: threads }, (_, t) => L.at.filter((s) => s[0] === t + 1 && s[1] > 0).reduce((sum, s) => sum + s[3] / 1e6, 0));
	const p = panel('Time line', `${plural(threads, 'thread')} took ${seconds(L.end)}; the same work one after the other would take about ${seconds(serial)}, ${brief(Number((serial / L.end).toPrecision(3)))} times as long.`,
		key, svg, say, folded('Table', make('div', null,
			table(['phase', 'began', 'took'], L.at.filter((s) => s[1] === 0).map((s) => [s[5], seconds(s[2] / 1e6), seconds(s[3] / 1e6)])),
			table(['thread', 'worked', 'share of the run'], busy.map((b, t) => [String(t + 1), seconds(b), percent(b / L.end)])))));
	p.classList.add('wide');
	return p;
};
// Seconds in which any thread worked at what is shared out.
const busyWall = (L) => {
	const spans = L.at.filter((s) => s[1] > 0).map((s) => [s[2], s[2] + s[3]]).sort((a, b) => a[0] - b[0]);
	let sum = 0;
	let end = -1;
	for (const [a, b] of spans) {
		sum += Math.max(0, b - Math.max(a, end));
		end = Math.max(end, b);
	}
	return sum / 1e6;
};

// Themes.

const THEMES = ['system', 'light', 'dark'];
let theme = 0;
const setTheme = (k) => {
	theme = k;
	if (k === 0)
		delete document.documentElement.dataset.theme;
	else
		document.documentElement.dataset.theme = THEMES[k];
	$('theme').textContent = `Theme: ${THEMES[k]}`;
	redraw();
};

const start = () => {
	const f = data.files;
	document.title = `${f.forecasts || 'Forecasts'} · nightcast`;
	$('source').textContent = `${f.forecasts || ''}: ${plural(data.series, 'series')}, ${data.time.step}, ${H} ahead by ${data.models.join(', ')}`;
	$('answers').append(answerNight(), answerError(), answerIntervals(), answerWorst());
	if (N < data.series || data.trimmed || data.extra > 0) {
		$('choice').hidden = false;
		$('choice').textContent = [
			N < data.series ? `${count(N)} of ${count(data.series)} series are on this page: those named by --series, what stands out, the largest errors, the most changed, and the largest. Counts and means are of all.` : null,
			data.trimmed ? `Of a history the last ${count(data.history)} steps are here.` : null,
			data.extra > 0 ? `${count(data.extra)} rows of ${f.forecasts} are of no step after the end of a series in ${f.train}; the first: ${data.extraFirst}.` : null,
		].filter(Boolean).join(' ');
	}
	showFindings();
	$('order').append(...ORDERS.map(([words], k) => make('option', { value: k }, words)));
	$('panels').append(...[leaderboard(), why(), distribution(), scatter(), byStep(), coverageByStep(), byNight(), mostMoved(), totals()].filter(Boolean));
	$('lines').append(timeline());
	$('foot').textContent = `Made by nightcast from ${[f.forecasts, f.actuals, f.train, f.summary, f.scores, f.trace, f.store, f.components].filter(Boolean).join(', ')}. Numbers have four significant digits; tables have all of them on demand. This page loads nothing. Charts by dygraphs ${Dygraph.VERSION || ''}, MIT licence, within.`;

	$('previous').addEventListener('click', () => page(-1));
	$('next').addEventListener('click', () => page(1));
	$('order').addEventListener('change', () => setOrder(Number($('order').value)));
	$('recent').addEventListener('click', () => { setWindow(false); drawSeries(); });
	$('all').addEventListener('click', () => { setWindow(true); drawSeries(); });
	$('median').hidden = MEDIAN < 0;
	$('median').addEventListener('click', () => {
		byMedian = !byMedian;
		$('median').setAttribute('aria-pressed', String(byMedian));
		drawSeries();
	});
	$('numbers').addEventListener('toggle', showTable);
	$('exact').addEventListener('change', () => { showTable(); showMade(); });
	$('made-choice').hidden = data.models.length < 2;
	$('made-by').append(...data.models.map((m, k) => make('option', { value: k }, m)));
	$('made-by').addEventListener('change', () => {
		madeBy = Number($('made-by').value);
		showMade();
	});
	$('theme').addEventListener('click', () => setTheme((theme + 1) % THEMES.length));
	$('search').addEventListener('input', () => showHits(search($('search').value)));
	$('search').addEventListener('keydown', searchKey);
	$('search').addEventListener('blur', closeHits);
	document.addEventListener('keydown', (event) => {
		if (event.altKey || event.ctrlKey || event.metaKey || /^(INPUT|SELECT|TEXTAREA)$/.test(event.target.tagName)
			|| event.target.closest('.scroll'))
			return;
		if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') {
			page(event.key === 'ArrowRight' ? 1 : -1);
			event.preventDefault();
		} else if (event.key === '/') {
			$('search').focus();
			event.preventDefault();
		}
	});
	matchMedia('(prefers-color-scheme: dark)').addEventListener('change', redraw);
	matchMedia('print').addEventListener('change', redraw);
	let waiting = 0;
	let last = innerWidth;
	addEventListener('resize', () => {
		clearTimeout(waiting);
		waiting = setTimeout(() => { if (innerWidth !== last) { last = innerWidth; redraw(); } }, 150);
	});
	if (N > 0) {
		const worst = data.at.findIndex((s) => s.e & 0x7f);
		show(worst >= 0 ? worst : 0);
	}
	redraws.push(drawSeries, drawMade);
	queueMicrotask(() => {
		document.documentElement.dataset.took = Math.round(performance.now() - begun);
		document.documentElement.dataset.ready = 'yes';
	});
};
start();
})();
