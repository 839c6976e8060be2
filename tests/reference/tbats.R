# SPDX-License-Identifier: GPL-3.0-or-later
# tbats.csv: what R's tbats() (R 4.2.2, forecast 8.20; Debian's packages) makes
# of 20 series: the form it chooses, its parameters, last states, likelihood and
# variance, and forecasts from them.  The series go to tbats_y.csv.  They are
# R's own, forecast's (taylor, gas), some of naive_y.csv (M3), and the
# last values of Northern Illinois' hourly load and of Victoria's half-hourly,
# daily and weekly demand, read from ni.csv, vic.csv and daily.csv (unique_id, ds, y).
# Takes half an hour.
#   Rscript tbats.R ni.csv vic.csv daily.csv tbats.csv tbats_y.csv
suppressMessages(library(forecast))
arg <- commandArgs(TRUE)
ni <- read.csv(arg[1])
ni <- ni$y[ni$unique_id == "NI"][1:1700]
vic <- read.csv(arg[2])$y
daily <- read.csv(arg[3])$y
m3 <- read.csv("naive_y.csv")
last <- function(y, n) tail(as.numeric(y), n)
one <- function(y) list(as.numeric(y), frequency(y))
cases <- list(
    USAccDeaths = one(USAccDeaths), AirPassengers = one(AirPassengers),
    UKgas = one(UKgas), JohnsonJohnson = one(JohnsonJohnson),
    nottem = one(nottem), lynx = one(lynx), Nile = one(Nile),
    WWWusage = one(WWWusage), gas = list(last(gas, 240), 12),
    weekly = list(colSums(matrix(daily[1:1078], 7)), 365.25 / 7))
for (name in c("N1723", "N2008", "N2151", "N2294", "N2580", "N2722"))
    cases[[name]] <- list(m3$y[m3$series == name], 12)
cases$ni <- list(last(ni, 600), c(24, 168))
cases$taylor <- list(last(taylor, 840), c(48, 336))
cases$vic <- list(vic[(length(vic) - 839):length(vic)], c(48, 336))
cases$daily <- list(last(daily, 800), c(7, 365.25))
y <- do.call(rbind, lapply(names(cases), function(name)
    data.frame(name = name, y = cases[[name]][[1]])))
write.table(y, arg[5], sep = ",", quote = FALSE, row.names = FALSE)
sink(arg[4])
cat("name,what,values...\n")
out <- function(name, what, x) {
    x <- as.numeric(x)
    if (length(x) > 0)
        cat(sprintf("%s,%s,%s\n", name, what,
                    paste(sprintf("%.12g", x), collapse = ",")))
}
for (name in names(cases)) {
    periods <- cases[[name]][[2]]
    started <- proc.time()[1]
    f <- tbats(cases[[name]][[1]], seasonal.periods = periods,
               use.parallel = FALSE)
    message(name, " ", as.character(f), " ", proc.time()[1] - started)
    seasonal <- !is.null(f$k.vector)
    p <- length(f$ar.coefficients)
    q <- length(f$ma.coefficients)
    trend <- if (is.null(f$beta)) 0 else if (f$damping.parameter == 1) 1 else 2
    out(name, "periods", periods)
    out(name, "form", c(!is.null(f$lambda), trend, p, q,
                        if (seasonal) f$k.vector))
    out(name, "lambda", f$lambda)
    out(name, "alpha", f$alpha)
    out(name, "beta", f$beta)
    out(name, "phi", f$damping.parameter)
    out(name, "gamma1", f$gamma.one.values)
    out(name, "gamma2", f$gamma.two.values)
    out(name, "ar", f$ar.coefficients)
    out(name, "ma", f$ma.coefficients)
    out(name, "state", f$x[, ncol(f$x)])
    out(name, "loglik", -f$likelihood / 2)
    out(name, "aic", f$AIC)
    out(name, "sigma2", f$variance)
    g <- forecast(f, h = 12)
    out(name, "mean", g$mean)
    out(name, "lo", g$lower[, 2])
    out(name, "hi", g$upper[, 2])
}
