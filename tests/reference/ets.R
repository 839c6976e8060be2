# SPDX-License-Identifier: GPL-3.0-or-later
# Makes ets_forms.csv and ets_methods.csv: what R's forecast says of every ETS
# form at given parameters, and of its classical methods.
# Run as `Rscript tests/reference/ets.R` from the top folder.
suppressMessages(library(forecast))
stopifnot(packageVersion("forecast") == "8.20")

resid_of <- getFromNamespace("pegelsresid.C", "forecast")
start_of <- getFromNamespace("initstate", "forecast")
out <- function(con, ...) writeLines(paste(..., sep = ","), con)
num <- function(x) sprintf("%.17g", x)

# --- every form on UKgas (n = 108, m = 4), at fixed parameters ---
y <- UKgas
m <- 4
n <- length(y)
con <- file("tests/reference/ets_forms.csv", "w")
out(con, "form item", "index", "value")
put <- function(form, item, x)
  for (i in seq_along(x)) out(con, paste(form, item), i - 1, num(x[i]))

for (error in c("A", "M")) for (trend in c("N", "A", "M"))
  for (season in c("N", "A", "M")) for (damped in c(FALSE, TRUE)) {
    if (damped && trend == "N") next
    form <- paste0(error, trend, if (damped) "d", season)
    x0 <- start_of(y, trend, season)
    nt <- 1 + (trend != "N")
    if (season != "N") {
      # the additive season at a third: relative errors want a positive mean
      if (season == "A") x0[-(1:nt)] <- x0[-(1:nt)] / 3
      free <- x0[-(1:nt)]
      x0 <- c(x0, m * (season == "M") - sum(free))
    }
    k <- c(alpha = 0.3, beta = 0.05, gamma = 0.2, phi = 0.9)
    e <- resid_of(y, m, x0, error, trend, season, damped, k["alpha"],
                  k["beta"], k["gamma"], k["phi"], 3)
    last <- e$states[n + 1, ]
    # our order of seasonal terms: the next observation's first
    ours <- function(x) if (season == "N") numeric(0) else rev(x[-(1:nt)])
    put(form, "l", x0[1])
    if (trend != "N") put(form, "b", x0[2])
    put(form, "s", ours(x0))
    put(form, "loglik", -0.5 * e$lik)
    put(form, "last_l", last[1])
    if (trend != "N") put(form, "last_b", last[2])
    put(form, "last_s", ours(last))
    put(form, "resid", tail(e$e, 8))
    # Forecasts of the same model.  Left out: three slips of R, see
    # forecast/ets/predict.c.
    model <- structure(list(
      x = y, m = m, states = ts(e$states), sigma2 = 0.01^(error == "M") * 4,
      par = c(k, x0), components = c(error, trend, season, damped),
      initstate = x0, method = form, lambda = NULL, residuals = e$e,
      fitted = y - e$e), class = "ets")
    closed <- trend != "M" && (season != "M" || error == "M")
    slip <- (damped && (season == "M" || trend == "M")) ||
      (trend == "N" && season == "A")
    if (slip) next
    set.seed(1)
    f <- forecast(model, h = 11, level = 95)
    put(form, "mean", f$mean)
    if (closed) put(form, "hi95", f$upper[, 1])
  }
close(con)

# --- the classical methods ---
con <- file("tests/reference/ets_methods.csv", "w")
out(con, "series model item", "index", "value")
put <- function(series, model, item, x)
  for (i in seq_along(x)) out(con, paste(series, model, item), i - 1, num(x[i]))
fits <- function(name, y, model, f) {
  put(name, model, "y", y)
  put(name, model, "season", frequency(y))
  put(name, model, "loglik", f$model$loglik)
  put(name, model, "mse", f$model$mse)
  put(name, model, "mean", f$mean)
  put(name, model, "hi95", f$upper[, 1])
}
fits("Nile", Nile, "ses", ses(Nile, h = 5, level = 95))
fits("lynx", lynx, "ses", ses(lynx, h = 5, level = 95))
fits("uspop", uspop, "holt", holt(uspop, h = 5, level = 95))
fits("nhtemp", nhtemp, "holt", holt(nhtemp, h = 5, level = 95))
fits("LakeHuron", LakeHuron, "damped",
     holt(LakeHuron, h = 5, damped = TRUE, level = 95))
fits("WWWusage", WWWusage, "damped",
     holt(WWWusage, h = 5, damped = TRUE, level = 95))
fits("UKgas", UKgas, "hw", hw(UKgas, h = 9, level = 95))
fits("USAccDeaths", USAccDeaths, "hw", hw(USAccDeaths, h = 14, level = 95))
fits("UKgas", UKgas, "hw-mul",
     hw(UKgas, h = 9, seasonal = "multiplicative", level = 95))
fits("AirPassengers", AirPassengers, "hw-mul",
     hw(AirPassengers, h = 14, seasonal = "multiplicative", level = 95))
close(con)
