# SPDX-License-Identifier: GPL-3.0-or-later
# Forecasts and prediction intervals of the simple methods, from R.
#
#   Rscript tests/reference/naive.R FOLDER
#
# FOLDER holds the training parts of the M3 competition (Makridakis & Hibon
# 2000) as {monthly,quarterly,yearly,other}_train.csv: unique_id,ds,y.
# Writes beside itself
#   naive_y.csv   series,m,y          the observations, in order
#   naive.csv     series,model,h,mean,lo80,hi80,lo95,hi95
# The committed files were made with R 4.2.2 and forecast 8.20.
suppressMessages(library(forecast))

args <- commandArgs(FALSE)
here <- dirname(sub("^--file=", "", grep("^--file=", args, value = TRUE)))
m3 <- commandArgs(TRUE)[1]

# every (count / take)-th series of each group, so that they are spread
groups <- list(monthly = c(m = 12, h = 18, take = 20),
               quarterly = c(m = 4, h = 8, take = 12),
               yearly = c(m = 1, h = 6, take = 10),
               other = c(m = 1, h = 8, take = 8))

methods <- list(
    naive = function(y, h) naive(y, h = h, level = c(80, 95)),
    snaive = function(y, h) snaive(y, h = h, level = c(80, 95)),
    drift = function(y, h) rwf(y, drift = TRUE, h = h, level = c(80, 95)),
    mean = function(y, h) meanf(y, h = h, level = c(80, 95)))

series <- list()
for (group in names(groups)) {
    g <- groups[[group]]
    data <- read.csv(file.path(m3, paste0(group, "_train.csv")))
    ids <- unique(data$unique_id)
    for (id in ids[ceiling((1:g["take"] - 0.5) * length(ids) / g["take"])])
        series[[id]] <- list(m = g["m"], h = g["h"],
                             y = data$y[data$unique_id == id])
}

# the same shapes at other scales, and awkward series
wave <- series[[1]]
odd <- function(y, m = 12, h = 18) list(m = m, h = h, y = y)
series[["huge"]] <- odd(wave$y * 1e12)
series[["tiny"]] <- odd(wave$y * 1e-9)
series[["negative"]] <- odd(-wave$y)
series[["offset"]] <- odd(wave$y + 1e9)
series[["constant"]] <- odd(rep(42.5, 30))
series[["zero"]] <- odd(rep(0, 30))
series[["two"]] <- odd(c(3, 5), m = 1, h = 3)
series[["three"]] <- odd(c(3, 5, 4), m = 1, h = 3)
series[["season-and-one"]] <- odd(c(5, 1, 4, 2, 8), m = 4, h = 9)

number <- function(x) formatC(x, digits = 15, format = "g", width = 1)
y_rows <- forecast_rows <- list()
for (id in names(series)) {
    s <- series[[id]]
    y <- ts(s$y, frequency = s$m)
    y_rows[[id]] <- paste(id, s$m, number(s$y), sep = ",")
    for (model in names(methods)) {
        f <- methods[[model]](y, s$h)
        rows <- cbind(f$mean, f$lower[, 1], f$upper[, 1],
                      f$lower[, 2], f$upper[, 2])
        if (!all(is.finite(rows))) next # R has no interval for these
        forecast_rows[[paste(id, model)]] <- paste(
            id, model, seq_len(s$h),
            apply(rows, 1, function(r) paste(number(r), collapse = ",")),
            sep = ",")
    }
}
writeLines(c("series,m,y", unlist(y_rows)), file.path(here, "naive_y.csv"))
writeLines(c("series,model,h,mean,lo80,hi80,lo95,hi95",
             unlist(forecast_rows)), file.path(here, "naive.csv"))
