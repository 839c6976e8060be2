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

# From several starts: where R's optim stops depends on where it begins.
fit_one <- function(f, K) {
  y <- series[[f$series]]
  n <- length(y)
  columns <- function(t) {
    if (K == 0) return(NULL)
    x <- do.call(cbind, lapply(1:K, function(k)
      cbind(sin(2 * pi * k * t / f$period), cos(2 * pi * k * t / f$period))))
    colnames(x) <- paste0("x", seq_len(ncol(x)))
    x
  }
  best <- NULL
  for (method in c("ML", "CSS-ML")) {
    args <- list(y = ts(y), order = c(f$p, f$d, f$q),
      seasonal = list(order = c(f$P, f$D, f$Q), period = f$m),
      include.mean = f$c == 1 && f$d == 0,
      include.drift = f$c == 1 && f$d == 1, method = method,
      optim.control = list(reltol = 1e-13, maxit = 1000))
    if (K > 0) args$xreg <- columns(1:n)
    fit <- tryCatch(do.call(Arima, args), error = function(e) NULL)
    if (!is.null(fit) && (is.null(best) || fit$loglik > best$loglik))
      best <- fit
  }
  next3 <- if (K > 0) forecast(best, xreg = columns(n + 1:3))$mean else
    forecast(best, h = 3)$mean
  data.frame(f, K = K, loglik = num(best$loglik), aicc = num(best$aicc),
    sigma2 = num(best$sigma2), f1 = num(next3[1]), f2 = num(next3[2]),
    f3 = num(next3[3]))
}
save_as(do.call(rbind, lapply(seq_len(nrow(forms)), function(i)
  do.call(rbind, lapply(0:most(forms$period[i],
    length(series[[forms$series[i]]])), function(K) fit_one(forms[i, ], K))))),
  "harmonics.csv")
