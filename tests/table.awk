# SPDX-License-Identifier: GPL-3.0-or-later
# Forecasts as a small table for people, with four significant digits: of the
# series named, side by side.  usage: awk -v series=A,B -f table.awk FORECASTS
function number(x,    scale, size) {
	size = x < 0 ? -x : x
	if (size >= 9999.5) {
		for (scale = 1; size / scale >= 9999.5; scale *= 10)
			;
		return sprintf("%.0f", scale * sprintf("%.0f", x / scale))
	}
	return sprintf(size >= 999.95 || size == 0 ? "%.0f" : \
		size >= 99.995 ? "%.1f" : size >= 9.9995 ? "%.2f" : "%.4g", x)
}
BEGIN {
	FS = ","
	n = split(series, name, ",")
}
NR == 1 {
	for (i = 1; i <= NF; i++)
		at[$i] = i
	next
}
{
	if (!($2 in row)) {
		row[$2] = ++rows
		time[rows] = $2
	}
	cell[$1, row[$2]] = sprintf("%8s  %8s .. %s", number($at["mean"]),
		number($at["lo-95"]), number($at["hi-95"]))
	from[$1] = from[$1] == "" || row[$2] < from[$1] ? row[$2] : from[$1]
	to[$1] = row[$2] > to[$1] ? row[$2] : to[$1]
}
END {
	for (i = 1; i <= n; i++) {
		printf("%s%-10s %8s  95%% from    to\n", (i > 1 ? "\n" : ""),
			name[i], "mean")
		for (r = from[name[i]]; r <= to[name[i]]; r++)
			printf "%-10s %s\n", time[r], cell[name[i], r]
	}
}
