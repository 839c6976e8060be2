# SPDX-License-Identifier: GPL-3.0-or-later
# Reference values for tests/test_harmonics.c.
#   cd tests/reference && Rscript harmonics.R vic_daily.csv
# made with R 4.2.2 and forecast 8.20; the argument is Victoria's electricity
# demand by day (R package tsibbledata), columns Date and Demand or ds and y.
# Writes
#   harmonics_y.csv  the series: the last 740 days of it, sunspot.year, the same
#                    with gaps and lynx in logs, which come with R
#   harmonics.csv    Arima(xreg = fourier()) at given orders with K = 0, 1, ...
#                    harmonics: log-likelihood, AICc, sigma2, next 3 forecasts
#   harmonics_two_y.csv, harmonics_two.csv
#                    the same of simulated series with two seasons, with K1 and
#                    K2 harmonics: one has gaps, and in one the seasons share a
#                    harmonic, which counts once
suppressMessages(library(forecast))

vic <- read.csv(commandArgs(TRUE)[1])
vic <- vic[[intersect(c("Demand", "demand", "y"), names(vic))[1]]] / 1e5
vic <- tail(vic, 740)
gappy <- as.numeric(sunspot.year)
gappy[c(20, 21, 100, 133, 134, 135, 200)] <- NA
series <- list(vic = vic, gappy = gappy, lynx = as.numeric(log(lynx)),
  sun = as.numeric(sunspot.year))
num <- function(x) formatC(as.numeric(x), digits = 15, width = 1, format = "g")
save_as <- function(x, file)
  write.table(x, file, sep = ";", row.names = FALSE, quote = FALSE)
save_as(do.call(rbind, lapply(names(series), function(s)
  data.frame(series = s, y = num(series[[s]])))), "harmonics_y.csv")

forms <- read.table(text = "
vic 365.25 7 1 0 1 1 0 0 1
vic 365.25 7 0 1 1 1 0 0 0
gappy 11.05 1 2 0 1 0 0 0 1
gappy 11.05 1 1 1 1 0 0 0 0
lynx 9.63 1 2 0 0 0 0 0 1
lynx 9.63 1 1 0 1 0 0 0 1
sun 11.05 1 2 0 1 0 0 0 1
sun 11.05 1 2 1 1 0 0 0 1
", col.names = c("series", "period", "m", "p", "d", "q", "P", "D", "Q", "c"))

most <- function(period, n)
  floor(min(10, ceiling(period / 2) - 1, n / 40))

# Harmonics of one period or several, each frequency once, as fourier() has it.
columns <- function(t, periods, K) {
  f <- unique(round(unlist(Map(function(p, k) seq_len(k) / p, periods, K)), 12))
  if (length(f) == 0) return(NULL)
  x <- do.call(cbind, lapply(f, function(f)
    cbind(sin(2 * pi * f * t), cos(2 * pi * f * t))))
  colnames(x) <- paste0("x", seq_len(ncol(x)))
  x
}

# From several starts: where R's optim stops depends on where it begins.
fit_any <- function(y, f, periods, K) {
  n <- length(y)
  x <- columns(1:n, periods, K)
  best <- NULL
  for (method in c("ML", "CSS-ML")) {
    args <- list(y = ts(y), order = c(f$p, f$d, f$q),
      seasonal = list(order = c(f$P, f$D, f$Q), period = f$m),
      include.mean = f$c == 1 && f$d == 0,
      include.drift = f$c == 1 && f$d == 1, method = method,
      optim.control = list(reltol = 1e-13, maxit = 1000))
    args$xreg <- x
    fit <- tryCatch(do.call(Arima, args), error = function(e) NULL)
    if (!is.null(fit) && (is.null(best) || fit$loglik > best$loglik))
      best <- fit
  }
  next3 <- if (is.null(x)) forecast(best, h = 3)$mean else
    forecast(best, xreg = columns(n + 1:3, periods, K))$mean
  data.frame(loglik = num(best$loglik), aicc = num(best$aicc),
    sigma2 = num(best$sigma2), f1 = num(next3[1]), f2 = num(next3[2]),
    f3 = num(next3[3]))
}
fit_one <- function(f, K)
  data.frame(f, K = K, fit_any(series[[f$series]], f, f$period, K))
save_as(do.call(rbind, lapply(seq_len(nrow(forms)), function(i)
  do.call(rbind, lapply(0:most(forms$period[i],
    length(series[[forms$series[i]]])), function(K) fit_one(forms[i, ], K))))),
  "harmonics.csv")

set.seed(7)
n <- 480
e <- as.numeric(arima.sim(list(ar = 0.6), n))
t <- 1:n
two <- 20 + 2 * sin(2 * pi * t / 9.7) + cos(4 * pi * t / 9.7) +
  1.5 * cos(2 * pi * t / 30.4) - sin(6 * pi * t / 30.4) + e
two[c(30, 31, 200)] <- NA
shared <- 20 + e + 1.5 * rowSums(sapply(c(1, 2, 3, 4, 6),
  function(k) cos(2 * pi * k * t / 30.4 + k)))
pairs <- list(two = two, shared = shared)
save_as(do.call(rbind, lapply(names(pairs), function(s)
  data.frame(series = s, y = num(pairs[[s]])))), "harmonics_two_y.csv")
forms <- read.table(text = "
two 9.7 30.4 1 1 0 0 0 0 0 1
shared 15.2 30.4 1 1 0 0 0 0 0 1
", col.names = c("series", "period", "second", "m", "p", "d", "q", "P", "D", "Q",
  "c"))
most_two <- function(period) floor(min(10, ceiling(period / 2) - 1, n / 80))
save_as(do.call(rbind, lapply(seq_len(nrow(forms)), function(i) {
  f <- forms[i, ]
  K <- expand.grid(K1 = 0:most_two(f$period), K2 = 0:most_two(f$second))
  do.call(rbind, lapply(seq_len(nrow(K)), function(j) data.frame(f, K[j, ],
    fit_any(pairs[[f$series]], f, c(f$period, f$second), c(K$K1[j], K$K2[j])))))
})), "harmonics_two.csv")
