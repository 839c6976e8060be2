# SPDX-License-Identifier: GPL-3.0-or-later
# Reference values for tests/test_known_arima.c.
#   cd tests/reference && Rscript known_arima.R
# made with R 4.2.2 and forecast 8.20; reads ../../data/juice.csv, writes
#   known_arima_y.csv  Seatbelts, which come with R: killed or injured drivers,
#                      front and rear passengers, and two known columns
#   known_arima.csv    Arima(xreg =) of logs at given orders, 50 series: of juice,
#                      whole and from one week to another, every so many values
#                      missing (0: none), on the price's log, deal and feat; of
#                      Seatbelts on the petrol price's log and the law.
#                      Log-likelihood, AICc, sigma2 and slopes (NA: left out)
suppressMessages(library(forecast))

num <- function(x) formatC(as.numeric(x), digits = 15, width = 1, format = "g")
save_as <- function(x, file)
  write.table(x, file, sep = ";", row.names = FALSE, quote = FALSE)
belts <- as.data.frame(Seatbelts)
save_as(data.frame(drivers = num(belts$drivers), front = num(belts$front),
  rear = num(belts$rear), price = num(belts$PetrolPrice), law = belts$law),
  "known_arima_y.csv")
juice <- subset(read.csv("../../data/juice.csv"), !is.na(y))
ids <- unique(juice$unique_id)
orders <- list(c(1, 0, 1, 1), c(0, 1, 1, 0), c(2, 0, 0, 1), c(1, 1, 1, 0),
  c(1, 0, 0, 1), c(0, 1, 2, 0), c(0, 1, 1, 1))
pieces <- list(c(1, 999, 0), c(1, 70, 0), c(31, 999, 0), c(1, 999, 9))
rows <- do.call(rbind, lapply(seq_len(44), function(i) {
  piece <- pieces[[(i - 1) %/% 11 + 1]]
  o <- orders[[(i - 1) %% 7 + 1]]
  data.frame(series = ids[(i - 1) %% 11 + 1], from = piece[1], to = piece[2],
    gap = piece[3], m = 1, p = o[1], d = o[2], q = o[3], P = 0, D = 0, Q = 0,
    c = o[4])
}))
rows <- rbind(rows, data.frame(series = c("drivers", "front", "rear"),
  from = 1, to = 999, gap = c(0, 0, 0, 11, 11, 11), m = 12,
  p = c(1, 1, 2, 1, 0, 1), d = c(0, 0, 0, 0, 1, 0), q = c(0, 1, 0, 0, 1, 0),
  P = c(0, 1, 0, 1, 0, 0), D = c(1, 0, 1, 0, 1, 1), Q = c(1, 0, 1, 0, 1, 1),
  c = c(0, 1, 0, 1, 0, 1)))

# Its maximum is at a moving average of -1, where R's search stops short.
rows$q[rows$series == "s132_b07" & rows$from == 31] <- 0

data_of <- function(f) {
  if (f$series %in% names(belts))
    return(list(y = log(belts[[f$series]]),
      x = cbind(price = log(belts$PetrolPrice), law = belts$law)))
  s <- juice[juice$unique_id == f$series, ]
  s <- s[f$from:min(f$to, nrow(s)), ]
  list(y = log(s$y), x = cbind(price = log(s$price), deal = s$deal,
    feat = s$feat))
}

# From several starts: where R's optim stops depends on where it begins.
one <- function(f) {
  data <- data_of(f)
  y <- data$y
  n <- length(y)
  if (f$gap > 0) y[seq_len(n) %% f$gap == 3 & seq_len(n) < n] <- NA
  x <- data$x[, apply(data$x[!is.na(y), ], 2, sd) > 0, drop = FALSE]
  best <- NULL
  fit_from <- function(...) tryCatch(Arima(ts(y), order = c(f$p, f$d, f$q),
    seasonal = list(order = c(f$P, f$D, f$Q), period = f$m), xreg = x,
    include.mean = f$c == 1 && f$d + f$D == 0,
    include.drift = f$c == 1 && f$d + f$D == 1,
    optim.control = list(reltol = 1e-13, maxit = 2000), ...),
    error = function(e) NULL)
  fits <- list(fit_from(method = "ML"), fit_from(method = "CSS-ML"))
  for (ar in c(0.94, 0.3, -0.5)) for (ma in c(-0.999, -0.3, 0.7)) {
    start <- c(ar, 0)[seq_len(f$p)]
    start <- c(start, c(ma, 0)[seq_len(f$q)], rep(0.1, f$P), rep(-0.5, f$Q))
    start <- c(start, rep(NA, length(fits[[2]]$coef) - length(start)))
    fits <- c(fits, list(fit_from(method = "ML", init = start)))
  }
  for (fit in fits)
    if (!is.null(fit) && (is.null(best) || fit$loglik > best$loglik))
      best <- fit
  used <- best$residuals
  lost <- f$d + f$D * f$m
  if (lost > 0) used <- used[-seq_len(lost)]
  slope <- function(name)
    if (name %in% names(best$coef)) num(best$coef[[name]]) else NA
  data.frame(f, loglik = num(best$loglik), aicc = num(best$aicc),
    sigma2 = num(sum(used^2, na.rm = TRUE) / (best$nobs - length(best$coef))),
    price = slope("price"), deal = slope(colnames(data$x)[2]),
    feat = slope("feat"))
}
save_as(do.call(rbind, lapply(seq_len(nrow(rows)), function(i)
  one(rows[i, ]))), "known_arima.csv")
