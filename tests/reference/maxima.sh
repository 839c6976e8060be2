#!/bin/bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Series of the M3 competition whose likelihoods have several maxima or one at
# a bound, and the log-likelihoods that R 4.2 with forecast 8.20 reached: run
# in the project's folder with both beside it, writes maxima.csv and
# maxima_r.csv.  ets() and auto.arima() chose the models.
m3=../shared/data/m3 r=../shared/reference/r-forecast-8.20
cd "$(dirname "$0")/../.." || exit 1
series() { # group, season, ids
	for id in $3; do
		sed -n "s/^$id,[^,]*,/$id,$2,/p" "$m3/$1_train.csv"
	done
}
{
	echo series,season,y
	series yearly 1 "N0137 N0312"
	series quarterly 4 "N0876 N0897 N1399"
	series monthly 12 "N1779 N1933 N1964 N2161 N2555 N2637"
	series other 1 "N2921 N3001"
} >tests/reference/maxima.csv
loglik() { # what fitted them, ids
	for id in $2; do
		sed -n "s/^$id,\"[^\"]*\",\([^,]*\),.*/$id $1,\1/p" "$r/m3_$1_fit.csv"
	done
}
{
	echo series model,loglik
	loglik ets "N0137 N0312 N0897"
	loglik arima "N0876 N1399 N1779 N2637 N2921"
} >tests/reference/maxima_r.csv
