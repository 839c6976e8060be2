# SPDX-License-Identifier: GPL-3.0-or-later
# strength.csv: the strength of each season of the series of mstl_y.csv, from
# the components of R's mstl() (R 4.2.2, forecast 8.20; Debian's packages) as
# tsfeatures' stl_features() has it, Wang, Smith & Hyndman (2006).
#   Rscript strength.R mstl_y.csv strength.csv
suppressMessages(library(forecast))
arg <- commandArgs(TRUE)
d <- read.csv(arg[1])
sink(arg[2])
cat("series,48,336\n")
for (name in c("taylor", "vic")) {
    f <- mstl(msts(d$y[d$series == name], c(48, 336)))
    e <- f[, "Remainder"]
    s <- sapply(3:4, function(k) max(0, 1 - var(e) / var(e + f[, k])))
    cat(sprintf("%s,%.12g,%.12g\n", name, s[1], s[2]))
}
