# Writes the r_*.csv files of this folder: Rscript tests/reference/curves.R (from the repository)
# R 4.2.2, survival 3.5-3. The tests read what it wrote and need no R.
library(survival)
options(digits = 15)
here <- "tests/reference"

read <- function(name) read.csv(file.path(here, paste0(name, ".csv")))
put <- function(rows, name)
  write.csv(rows, file.path(here, paste0(name, ".csv")), row.names = FALSE, quote = FALSE, na = "")

courses <- function(name) {
  rows <- read(name)
  rows$event <- as.numeric(is.finite(rows$upper))
  rows$time <- ifelse(is.finite(rows$upper), (rows$lower + rows$upper) / 2, rows$lower)
  rows$share <- 1 / ave(rows$time, rows$patient, FUN = length)
  rows
}

weekly <- courses("weekly")
irregular <- courses("irregular")
fits <- list(
  lung = survfit(Surv(time, status) ~ 1, data = lung, conf.type = "log-log"),
  weekly = survfit(Surv(time, event) ~ 1, data = weekly, conf.type = "log-log"),
  weekly_weighted = survfit(Surv(time, event) ~ 1, data = weekly, weights = share, robust = TRUE,
                            conf.type = "log-log"),
  weekly_clustered = survfit(Surv(time, event) ~ 1, data = weekly, cluster = patient,
                             conf.type = "log-log"),
  weekly_patients = survfit(Surv(time, event) ~ 1, data = weekly, weights = share,
                            cluster = patient, conf.type = "log-log"),
  irregular_patients = survfit(Surv(time, event) ~ 1, data = irregular, weights = share,
                               cluster = patient, conf.type = "log-log"),
  weekly_patients_80 = survfit(Surv(time, event) ~ 1, data = weekly, weights = share,
                               cluster = patient, conf.type = "log-log", conf.int = 0.8)
)

steps <- function(name) {
  s <- summary(fits[[name]], censored = TRUE)
  data.frame(fit = name, day = s$time, at_risk = s$n.risk, events = s$n.event,
             censored = s$n.censor, survival = s$surv, standard_error = s$std.err,
             ci_lower = s$lower, ci_upper = s$upper)
}
put(do.call(rbind, lapply(names(fits), steps)), "r_kaplan_meier")

quantiles <- function(name) {
  shares <- c(0.1, 0.25, 0.5, 0.75, 0.9)
  q <- quantile(fits[[name]], shares)
  data.frame(fit = name, q = shares, value = q$quantile, ci_lower = q$lower, ci_upper = q$upper)
}
put(do.call(rbind, lapply(names(fits), quantiles)), "r_quantiles")

# The error by influence functions, summed within the cluster where there is one; print(rmean=)
# knows no clusters, and is written beside it for the fits without.
area <- function(name, tau) {
  fit <- fits[[name]]
  moved <- residuals(fit, times = tau, type = "rmst", weighted = TRUE)
  if (grepl("clustered|patients", name))
    moved <- rowsum(moved, (if (grepl("irregular", name)) irregular else weekly)$patient)
  printed <- survival:::survmean(fit, rmean = tau)$matrix
  data.frame(fit = name, tau = tau, value = printed[["rmean"]],
             standard_error = sqrt(sum(moved^2)),
             printed_error = if (grepl("_", name)) NA else printed[["se(rmean)"]])
}
put(do.call(rbind, lapply(names(fits), function(name)
  do.call(rbind, lapply(if (name == "lung") c(200, 365) else c(28, 56, 70), area, name = name)))),
  "r_restricted_means")

# survfit stops Turnbull's steps once they move the curve by less than 5e-05. Here the same steps
# are run until they stand still.
steady <- eval(parse(text = sub("5e-05", "1e-13", deparse(survival:::survfitTurnbull),
                                fixed = TRUE)))
environment(steady) <- asNamespace("survival")
assignInNamespace("survfitTurnbull", steady, "survival")

between <- function(name, rows, weight) {
  fit <- survfit(Surv(lower, upper, type = "interval2") ~ 1, data = rows, weights = weight)
  data.frame(fit = name, day = fit$time, survival = fit$surv)
}
cosmesis <- read("cosmesis")
tiny <- data.frame(lower = c(2, 5, 1, 1, 9, 8, 10), upper = c(3, 6, 7, 7, 12, 10, 13))
some_exact <- irregular
some_exact$lower <- ifelse(is.finite(irregular$upper) & seq_len(nrow(irregular)) %% 3 == 0,
                           irregular$upper, irregular$lower)
put(rbind(
  between("tiny", tiny, rep(1, 7)),
  between("radiation", cosmesis[cosmesis$treatment == "radiation", ], rep(1, 46)),
  between("radiation_chemotherapy",
          cosmesis[cosmesis$treatment == "radiation_chemotherapy", ], rep(1, 48)),
  between("weekly", weekly, rep(1, nrow(weekly))),
  between("weekly_patients", weekly, weekly$share),
  between("irregular", irregular, rep(1, nrow(irregular))),
  between("irregular_patients", irregular, irregular$share),
  between("some_exact", some_exact, rep(1, nrow(irregular)))
), "r_turnbull")
