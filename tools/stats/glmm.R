#!/usr/bin/env Rscript
# Binomial mixed model of spine turnover, on the engine the field uses (Debian: r-base-core, r-cran-lme4).
#
#   Rscript glmm.R OUT/dynamics.tsv [elimination|formation]
#
# Fits cbind(events, rest) ~ group * interval + (1 | animal/dendrite) to the table that spinechron writes for
# the whole study, and prints the fixed effects (log odds) as a TSV. Factors with a single level leave the
# formula. Formation counts more gained than there were spines before as all of them.
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) < 1 || length(arguments) > 2) {
  stop("usage: Rscript glmm.R OUT/dynamics.tsv [elimination|formation]")
}
event <- if (length(arguments) == 2) arguments[2] else "elimination"
if (!event %in% c("elimination", "formation")) {
  stop("the second argument is 'elimination' or 'formation', not '", event, "'")
}
suppressPackageStartupMessages(library(lme4))

table <- read.delim(arguments[1], na.strings = "n/a", colClasses = c(dendrite_id = "character"))
table <- table[table$dendrite_id != "all" & table$n_from > 0, ]
if (nrow(table) == 0) stop(arguments[1], ": no dendrite has spines before an interval")
n <- if (event == "elimination") table$n_eliminated else table$n_formed
table$events <- pmin(n, table$n_from)
table$rest <- table$n_from - table$events
interval <- paste(table$session_from, table$session_to, sep = "->")
table$interval <- factor(interval, levels = unique(interval))
table$group <- factor(ifelse(is.na(table$group), "all", table$group))
table$animal <- factor(table$participant_id)
table$dendrite <- factor(paste(table$participant_id, table$sample_id, table$dendrite_id))

fixed <- c("group", "interval")[c(nlevels(table$group), nlevels(table$interval)) > 1]
right <- if (length(fixed) == 0) "1" else paste(fixed, collapse = " * ")
random <- if (nlevels(table$animal) > 1) "(1 | animal) + (1 | dendrite)" else "(1 | dendrite)"
model <- glmer(as.formula(paste("cbind(events, rest) ~", right, "+", random)), data = table,
               family = binomial, control = glmerControl(optimizer = "bobyqa"))
out <- as.data.frame(coef(summary(model)))
names(out) <- c("estimate", "standard_error", "z", "p")
out <- cbind(event = event, term = rownames(out), out)
write.table(out, sep = "\t", quote = FALSE, row.names = FALSE)
