# SPDX-License-Identifier: GPL-3.0-or-later
# Reference values for tests/test_arima.c and tests/test_unitroot.c.
#   cd tests/reference && Rscript arima.R
# made with R 4.2.2 and forecast 8.20; writes
#   arima_series.csv     the series: data sets that come with R, some with gaps
#   arima_fits.csv       Arima() at given orders, with its next 12 forecasts
#   unitroot.csv         KPSS statistic, ndiffs(), seasonal strength, nsdiffs()
suppressMessages(library(forecast))

gappy <- log(AirPassengers)
gappy[c(5, 30, 31, 32, 90, 143)] <- NA
series <- list(air = log(AirPassengers), gappy = gappy, nile = Nile,
  huron = LakeHuron, www = WWWusage, lynx = lynx, deaths = USAccDeaths,
  nottem = nottem, ldeaths = ldeaths, presidents = presidents[3:118],
  uspop = uspop, jj = log(JohnsonJohnson), ukgas = log(UKgas), co2 = co2)
season <- sapply(series, frequency)
season["presidents"] <- 4
season["uspop"] <- 1

num <- function(x) formatC(as.numeric(x), digits = 15, width = 1, format = "g")
save_as <- function(x, file)
  write.table(x, file, sep = ";", row.names = FALSE, quote = FALSE)
save_as(do.call(rbind, lapply(names(series), function(s)
  data.frame(series = s, y = num(series[[s]])))), "arima_series.csv")

fits <- read.table(text = "
air 0 1 1 0 1 1 0
air 2 1 1 0 1 1 0
air 2 0 0 0 1 1 1
air 1 0 1 1 1 0 1
air 0 1 2 0 1 1 0
gappy 0 1 1 0 1 1 0
gappy 1 0 1 1 1 0 1
gappy 1 1 1 1 0 0 1
nile 1 1 1 0 0 0 0
nile 0 1 1 0 0 0 1
nile 1 0 1 0 0 0 1
huron 1 0 1 0 0 0 1
huron 2 0 0 0 0 0 1
www 3 1 0 0 0 0 0
www 1 1 1 0 0 0 0
lynx 2 0 2 0 0 0 1
lynx 11 0 0 0 0 0 1
lynx 4 0 1 0 0 0 1
deaths 0 1 1 0 1 1 0
deaths 1 1 0 1 0 0 0
nottem 1 0 0 2 1 0 0
nottem 2 0 1 0 1 1 0
ldeaths 0 0 2 2 1 0 1
ldeaths 1 0 0 0 1 1 0
presidents 3 0 0 0 0 0 1
presidents 1 0 0 1 0 0 1
presidents 1 1 1 0 0 1 0
uspop 0 2 1 0 0 0 0
uspop 1 2 0 0 0 0 0
jj 0 1 1 0 1 1 0
jj 2 0 0 1 1 0 1
ukgas 0 1 1 0 1 1 0
ukgas 1 0 0 0 1 2 1
co2 1 1 1 0 1 1 0
co2 0 1 3 0 1 1 0
", col.names = c("series", "p", "d", "q", "P", "D", "Q", "constant"))

one <- function(f) {
  m <- season[[f$series]]
  x <- ts(as.numeric(series[[f$series]]), frequency = m)
  fit <- Arima(x, order = c(f$p, f$d, f$q),
    seasonal = list(order = c(f$P, f$D, f$Q), period = m),
    include.constant = f$constant == 1, method = "ML",
    optim.control = list(reltol = 1e-12, maxit = 500))
  # the variance without what the diffuse start of the filter adds to it
  lost <- f$d + f$D * m
  used <- fit$residuals[-seq_len(max(1, lost))]
  if (lost == 0) used <- fit$residuals
  k <- length(fit$coef)
  sigma2 <- sum(used^2, na.rm = TRUE) / (fit$nobs - k)
  fc <- forecast(fit, h = 12)
  cbind(m = m, f, name = forecast:::arima.string(fit),
    loglik = num(fit$loglik), aic = num(fit$aic), aicc = num(fit$aicc),
    bic = num(fit$bic), sigma2 = num(sigma2),
    t(setNames(num(fc$mean), paste0("f", 1:12))),
    t(setNames(num((fc$upper[, 2] - fc$mean) / qnorm(0.975) /
      sqrt(fit$sigma2)), paste0("se", 1:12))))
}
save_as(do.call(rbind, lapply(split(fits, seq_len(nrow(fits))), one)),
  "arima_fits.csv")

unit <- function(s) {
  x <- series[[s]]
  m <- season[[s]]
  y <- na.omit(as.numeric(x))
  kpss <- urca::ur.kpss(y, use.lag = trunc(3 * sqrt(length(y)) / 13))@teststat
  strength <- NA
  D <- NA
  if (m > 1 && !anyNA(x)) {
    strength <- forecast:::seas.heuristic(ts(x, frequency = m))
    D <- nsdiffs(ts(x, frequency = m))
  }
  data.frame(series = s, m = m, kpss = num(kpss), ndiffs = ndiffs(y),
    strength = num(strength), nsdiffs = D)
}
save_as(do.call(rbind, lapply(names(series), unit)), "unitroot.csv")
