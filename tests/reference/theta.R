# SPDX-License-Identifier: GPL-3.0-or-later
# The reference values of tests/test_theta.c, test_decompose.c and
# test_dotm.c.  Run in this folder: Rscript theta.R
# Made with R 4.2.2 and its datasets, forecast 8.20.
suppressMessages(library(forecast))
options(digits = 17)
stopifnot(packageVersion("forecast") == "8.20")

weekly <- ts(100 + (1:60) / 3 + 8 * sin(2 * pi * (1:60) / 7) +
               5 * cos((1:60)^2), frequency = 7)
set <- list(
  AirPassengers = AirPassengers, UKgas = UKgas, Nile = Nile,
  WWWusage = WWWusage, lynx = lynx, USAccDeaths = USAccDeaths,
  BJsales = BJsales, JohnsonJohnson = JohnsonJohnson, weekly = weekly,
  nottem = nottem, airmiles = airmiles, tiny = ts(c(3, 5, 4, 6, 9)),
  million = AirPassengers * 1e10, small = UKgas * 1e-12
)
horizon <- 24

long <- function(f) do.call(rbind, Map(f, names(set), set))
write <- function(x, file)
  write.csv(format(x, digits = 17, trim = TRUE), file, row.names = FALSE,
            quote = FALSE)

write(long(function(name, y)
  data.frame(name, season = frequency(y), y = as.numeric(y))),
  "theta_series.csv")

# --- decomposition and test ------------------------------------------------
statistic <- function(y) {
  m <- frequency(y)
  n <- length(y)
  if (m == 1) return(0)
  r <- as.numeric(acf(y, lag.max = m, plot = FALSE)$acf)[-1]
  abs(r[m]) / sqrt((1 + 2 * sum(r[-m]^2)) / n)
}
write(long(function(name, y)
  if (frequency(y) > 1)
    data.frame(name, multiplicative = decompose(y, "mult")$figure,
               additive = decompose(y, "add")$figure,
               statistic = statistic(y))), "decompose.csv")

# --- theta -----------------------------------------------------------------
# thetaf() finds a local minimum of the squared errors to 1.5e-8.  To compare
# forecasts to more digits, the global one is found here: on a fine grid of
# alpha, the best first level by regression; then by optimize().
ses_profile <- function(x, alpha) {
  n <- length(x)
  e <- numeric(n)
  w <- (1 - alpha)^(0:(n - 1))
  l <- x[1]
  for (t in 1:n) {
    e[t] <- x[t] - l
    l <- l + alpha * e[t]
  }
  fit <- lm.fit(cbind(w), e)
  list(sse = sum(fit$residuals^2), l0 = x[1] + fit$coefficients[[1]])
}
best_alpha <- function(sse, lo, hi, by = 0.002) {
  grid <- c(seq(lo, hi, by), hi)
  v <- sapply(grid, sse)
  i <- which.min(v)
  o <- optimize(sse, c(max(lo, grid[i] - by), min(hi, grid[i] + by)),
                tol = 1e-12)
  if (o$objective < v[i]) o$minimum else grid[i]
}
theta_exact <- function(y) {
  r <- thetaf(y, h = horizon)
  n <- length(y)
  m <- frequency(y)
  seasonal <- m > 1 && n > 2 * m && statistic(y) > qnorm(0.95)
  s <- if (seasonal) as.numeric(decompose(y, "mult")$seasonal) else rep(1, n)
  x <- as.numeric(y) / s
  size <- sd(x)
  z <- x / size
  if (n > 6) {
    alpha <- best_alpha(function(a) ses_profile(z, a)$sse, 1e-4, 0.9999)
    p <- ses_profile(z, alpha)
    sigma2 <- p$sse / (n - 2) * size^2
    level <- p$l0 * size
    for (t in 1:n) level <- level + alpha * (x[t] - level)
    stopifnot(sigma2 <= r$model$sigma * (1 + 1e-9))
    slope <- lsfit(0:(n - 1), x)$coefficients[[2]] / 2
    k <- 0:(horizon - 1)
    mean <- level + slope * (k + (1 - (1 - alpha)^n) / alpha)
    mean <- mean * rep(tail(s, m), length.out = horizon)
    se <- sqrt(sigma2 * (k * alpha^2 + 1))
  } else {
    alpha <- r$model$alpha
    sigma2 <- r$model$sigma
    mean <- r$mean
    se <- (r$upper[, 1] - r$mean) / qnorm(0.9)
  }
  data.frame(step = 1:horizon, alpha = as.numeric(alpha), sigma2,
             mean = as.numeric(mean), lo80 = as.numeric(mean - qnorm(0.9) * se),
             hi95 = as.numeric(mean + qnorm(0.975) * se),
             thetaf_sigma2 = r$model$sigma, thetaf_mean = as.numeric(r$mean))
}
write(long(function(name, y) cbind(name, theta_exact(y))), "theta.csv")

# --- dotm ------------------------------------------------------------------
# The equations of Fiorucci et al. (2016), section 3, straight from the paper,
# with l_0 = y_1 / theta and a prior of five observations on omega; the two
# parameters by brute force and Nelder-Mead.
# The variance of each step is the sum of the squared responses to a unit
# error at that and every earlier step.
dotm_run <- function(y, alpha, theta, horizon = 0, shock = 0) {
  n <- length(y)
  l <- y[1] / theta
  mu <- numeric(n + horizon)
  mu[1] <- y[1]
  A <- B <- Y <- 0
  for (t in 1:(n + horizon)) {
    if (t > 1)
      mu[t] <- l + (1 - 1 / theta) *
        ((1 - alpha)^(t - 1) * A + (1 - (1 - alpha)^t) / alpha * B)
    obs <- if (t <= n) y[t] else mu[t] + (t - n == shock)
    l <- alpha * obs + (1 - alpha) * l
    if (t > 1) B <- ((t - 2) * B + 6 / t * (obs - Y)) / (t + 1)
    Y <- ((t - 1) * Y + obs) / t
    A <- Y - (t + 1) / 2 * B
    if (t > n) mu[t] <- obs
  }
  mu
}
dotm_exact <- function(y) {
  n <- length(y)
  m <- frequency(y)
  seasonal <- m > 1 && n >= 2 * m && statistic(y) > qnorm(0.95)
  s <- if (seasonal) as.numeric(decompose(y, "mult")$seasonal) else rep(1, n)
  x <- as.numeric(y) / s
  size <- mean(abs(x))
  z <- x / size
  # omega = 1 - 1 / theta is in [0, 1]
  sse <- function(p, prior = 5)
    if (p[1] < 0.1 || p[1] > 0.99 || p[2] < 0 || p[2] > 1 - 1e-12) 1e300
    else {
      g <- dotm_run(z, p[1], Inf) - dotm_run(z, p[1], 1)
      sum((z - dotm_run(z, p[1], 1 / (1 - p[2])))^2) +
        prior * mean(g^2) * (p[2] - 0.5)^2
    }
  grid <- expand.grid(seq(0.1, 0.99, length.out = 30),
                      c(0, seq(0.025, 0.975, 0.05), 1 - 1e-12))
  v <- apply(grid, 1, sse)
  best <- NULL
  for (i in order(v)[1:3]) {
    o <- list(par = as.numeric(grid[i, ]))
    for (k in 1:6)
      o <- optim(o$par, sse, control = list(reltol = 1e-15, maxit = 5000))
    if (is.null(best) || o$value < best$value) best <- o
  }
  alpha <- best$par[1]
  theta <- 1 / (1 - best$par[2])
  mean <- tail(dotm_run(z, alpha, theta, horizon), horizon) * size
  sigma2 <- sse(best$par, prior = 0) / (n - 3) * size^2
  base <- tail(dotm_run(z, alpha, theta, horizon), horizon)
  response <- sapply(1:horizon, function(j)
    tail(dotm_run(z, alpha, theta, horizon, j), horizon) - base)
  factor <- rep(tail(s, m), length.out = horizon)
  data.frame(step = 1:horizon, alpha, omega = best$par[2], sigma2,
             mean = mean * factor,
             se = sqrt(sigma2 * rowSums(response^2)) * factor)
}
set$tiny <- NULL
write(long(function(name, y) cbind(name, dotm_exact(y))), "dotm.csv")
