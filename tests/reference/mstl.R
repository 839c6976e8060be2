# SPDX-License-Identifier: GPL-3.0-or-later
# mstl.csv: values of R's mstl() (R 4.2.2, forecast 8.20; Debian's packages) on
# taylor (forecast; half-hourly demand, 4,032 values) and on the first weeks of
# a year of half hours of Victoria's demand (tsibbledata's vic_elec, read from
# vic.csv: unique_id, ds, y), at every `every`-th place and at the last ones.
# The series themselves go to mstl_y.csv.
#   Rscript mstl.R vic.csv mstl.csv mstl_y.csv
library(forecast)
arg <- commandArgs(TRUE)
y <- as.numeric(taylor)
v <- read.csv(arg[1])$y[1:6000]
write.table(data.frame(series = rep(c("taylor", "vic"), c(length(y), length(v))),
                       y = c(y, v)),
            arg[3], sep = ",", quote = FALSE, row.names = FALSE)
sink(arg[2])
out <- function(name, y, periods, every) {
    f <- mstl(msts(y, periods))
    n <- length(y)
    at <- sort(unique(c(1:3, seq(1, n, every), (n - 2):n)))
    for (t in at)
        cat(sprintf("%s,%d,%s\n", name, t - 1,
                    paste(sprintf("%.15g", f[t, 2:(2 + length(periods))]),
                          collapse = ",")))
}
cat("case,t,trend,seasonal...\n")
out("taylor", y, c(48, 336), 97)
# a robust one of eight rounds: R's partial sort misses the median later
f <- stl(ts(y, frequency = 48), s.window = 11, inner = 1, outer = 8)
for (t in seq(1, length(y), 97))
    cat(sprintf("taylor-robust,%d,%.15g,%.15g\n", t - 1,
                f$time.series[t, "trend"], f$time.series[t, "seasonal"]))
out("taylor-one", y, 48, 197)
out("vic", v, c(48, 336), 131)
