# Writes r_durations.csv: Rscript tests/reference/durations.R (from the repository)
# R 4.2.2, survival 3.5-3. The tests read what it wrote and need no R.
# survreg of that version takes a response lost before the first check-in only as left-censored.
library(survival)
options(digits = 15)
here <- "tests/reference"

between <- function(rows)
  Surv(ifelse(rows$lower <= 0, NA, rows$lower), ifelse(is.finite(rows$upper), rows$upper, NA),
       type = "interval2")

cosmesis <- read.csv(file.path(here, "cosmesis.csv"))
cosmesis$chemotherapy <- as.numeric(cosmesis$treatment == "radiation_chemotherapy")
weekly <- read.csv(file.path(here, "weekly.csv"))
weekly$later <- as.numeric(duplicated(weekly$patient))
irregular <- read.csv(file.path(here, "irregular.csv"))
irregular$later <- as.numeric(duplicated(irregular$patient))
made <- list(cosmesis = list(cosmesis, "chemotherapy"), weekly = list(weekly, "later"),
             irregular = list(irregular, "later"))

rows <- NULL
for (name in names(made)) for (law in c("weibull", "lognormal")) {
  data <- made[[name]][[1]]
  data$x <- data[[made[[name]][[2]]]]
  data <- data[!(data$lower <= 0 & !is.finite(data$upper)), ]
  fit <- survreg(between(data) ~ x, data = data, dist = law,
                 control = survreg.control(rel.tolerance = 1e-13, maxiter = 200))
  error <- sqrt(diag(fit$var))
  rows <- rbind(rows, data.frame(
    data = name, law = law, covariate = made[[name]][[2]], rows = nrow(data),
    intercept = fit$coefficients[1], slope = fit$coefficients[2], scale = fit$scale,
    intercept_error = error[1], slope_error = error[2], log_scale_error = error[3],
    log_likelihood = fit$loglik[2]))
}
for (column in names(rows)) if (is.numeric(rows[[column]]))
  rows[[column]] <- format(rows[[column]], digits = 15, trim = TRUE)
write.csv(rows, file.path(here, "r_durations.csv"), row.names = FALSE, quote = FALSE)
