# SPDX-License-Identifier: GPL-3.0-or-later
# The reference values of tests/test_ces.c.  Run in this folder after
# theta.R, whose series it takes: Rscript ces.R
# Made with R 4.2.2.  Neither smooth nor any other package with CES is needed:
# this is the state-space form of Svetunkov, Kourentzes & Ord (2022), with
# its matrices written out, states kept for every time, and the coefficients
# found by repeated Nelder-Mead searches.
options(digits = 17)
series <- read.csv("theta_series.csv")
kinds <- c("none", "simple", "partial", "full")
horizon <- 18

# One complex pair: transition matrix and persistence
pair <- function(a0, a1) list(
  F = matrix(c(1, 1, a1 - 1, 1 - a0), 2), g = c(a0 - a1, a0 + a1))
block <- function(A, B) {
  k <- nrow(A)
  M <- matrix(0, k + nrow(B), k + nrow(B))
  M[1:k, 1:k] <- A
  M[-(1:k), -(1:k)] <- B
  M
}
system_of <- function(kind, b, m) {
  a <- pair(b[1], b[2])
  switch(kind,
    none = list(F = a$F, g = a$g, w = c(1, 0), lag = c(1, 1)),
    simple = list(F = a$F, g = a$g, w = c(1, 0), lag = c(m, m)),
    partial = list(F = block(a$F, diag(1)), g = c(a$g, b[3]),
                   w = c(1, 0, 1), lag = c(1, 1, m)),
    full = {
      s <- pair(b[3], b[4])
      list(F = block(a$F, s$F), g = c(a$g, s$g), w = c(1, 0, 1, 0),
           lag = c(1, 1, m, m))
    })
}
# states[, m + t] is the state after time t; before are the first ones
run <- function(S, y, states, m) {
  e <- numeric(length(y))
  rows <- seq_along(S$lag)
  for (t in seq_along(y)) {
    x <- states[cbind(rows, m + t - S$lag)]
    e[t] <- y[t] - sum(S$w * x)
    states[, m + t] <- S$F %*% x + S$g * e[t]
  }
  list(e = e, states = states)
}
first_states <- function(kind, y, m) {
  mean <- mean(y[1:(if (kind == "none") min(10, length(y)) else m)])
  s <- switch(kind, none = NULL, simple = y[1:m],
              as.numeric(decompose(ts(y, frequency = m))$figure))
  rbind(rep(mean, m), rep(mean / 1.1, m), s, s / 1.1)[
    switch(kind, none = 1:2, simple = 3:4, partial = 1:3, full = 1:4), ,
    drop = FALSE]
}
# Turning time around: the seasonal states of the last season, in the order
# in which the reversed series meets them
turn <- function(S, states, n, m)
  t(sapply(seq_along(S$lag), function(i)
    if (S$lag[i] == 1) rep(states[i, m + n], m)
    else states[i, m + n + 1 - (1:m)]))
smooth3 <- function(S, y, first, m) {
  n <- length(y)
  widen <- function(x) cbind(matrix(x, ncol = m),
                             matrix(0, length(S$lag), n))
  a <- run(S, y, widen(first), m)
  b <- run(S, rev(y), widen(turn(S, a$states, n, m)), m)
  run(S, y, widen(turn(S, b$states, n, m)), m)
}
stable <- function(a0, a1) {
  p <- pair(a0, a1)
  all(Mod(eigen(p$F - p$g %*% t(c(1, 0)))$values) < 1)
}
fit <- function(kind, y, m) {
  if (kind == "none") m <- 1
  n <- length(y)
  first <- first_states(kind, y, m)
  cost <- function(b) {
    if (!stable(b[1], b[2])) return(1e300)
    if (kind == "partial" && (b[3] < 0 || b[3] > 1)) return(1e300)
    if (kind == "full" && !stable(b[3], b[4])) return(1e300)
    e <- smooth3(system_of(kind, b, m), y, first, m)$e
    growth <- (b[2] - 1) * (if (kind == "simple") n / m else n)
    if (kind == "full") growth <- c(growth, (b[4] - 1) * n / m)
    log(sum(e^2)) + 3 * sum(growth^2) / n
  }
  b <- switch(kind, none = , simple = c(1.3, 1), partial = c(1.3, 1, 0.1),
              full = c(1.3, 1, 1.3, 1))
  for (k in 1:5) b <- optim(b, cost, control = list(reltol = 1e-12))$par
  S <- system_of(kind, b, m)
  r <- smooth3(S, y, first, m)
  k <- length(b) + (kind != "none") * (m - 1) + 1
  sse <- sum(r$e^2)
  loglik <- sum(dnorm(r$e, 0, sqrt(sse / n), log = TRUE))
  # forecasts, and the response to a unit error at the first of them
  ahead <- function(states, first_error) {
    states <- cbind(states, matrix(0, nrow(states), horizon))
    from <- ncol(states) - horizon
    sapply(1:horizon, function(h) {
      x <- states[cbind(seq_along(S$lag), from + h - S$lag)]
      f <- sum(S$w * x)
      states[, from + h] <<- S$F %*% x + S$g * first_error * (h == 1)
      f
    })
  }
  mean <- ahead(r$states, 0)
  response <- ahead(0 * r$states, 1)
  response[1] <- 1
  sigma2 <- sse / (n - k + 1)
  data.frame(kind = match(kind, kinds) - 1, step = 1:horizon, cost = cost(b),
             sigma2, loglik, aicc = -2 * loglik + 2 * k +
               2 * k * (k + 1) / (n - k - 1), mean,
             se = sqrt(sigma2 * cumsum(response^2)))
}
out <- NULL
for (name in c("AirPassengers", "UKgas", "Nile", "WWWusage", "USAccDeaths",
               "BJsales", "weekly", "airmiles")) {
  y <- series$y[series$name == name]
  m <- series$season[series$name == name][1]
  for (kind in kinds)
    if (kind == "none" || m > 1)
      out <- rbind(out, cbind(name = paste(name, kind, sep = ":"),
                              fit(kind, y, m)))
}
write.csv(format(out, digits = 17, trim = TRUE), "ces.csv",
          row.names = FALSE, quote = FALSE)
