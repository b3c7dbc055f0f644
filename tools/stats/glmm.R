#!/usr/bin/env Rscript
# Binomial mixed model of spine turnover, on the engine the field uses (Debian: r-base-core, r-cran-lme4).
#
#   Rscript glmm.R OUT/group_counts.tsv [elimination|formation]
#
# Fits cbind(events, rest) ~ group * interval + (1 | animal/dendrite) to the table of counts that `spinechron run`
# and `spinechron group` write (events among the spines present before the interval), and prints the fixed effects
# (log odds against the first group and the first interval) as a TSV. Of a group that starts elsewhere, the terms
# `groupB:intervalX` say whether it changes differently. A factor with a single level leaves the formula. Where more
# spines formed than there were before, all count as formed: a share cannot say more. Only intervals that every group
# has are taken, so that each term can be estimated.
arguments <- commandArgs(trailingOnly = TRUE)
if (length(arguments) < 1 || length(arguments) > 2) {
  stop("usage: Rscript glmm.R OUT/group_counts.tsv [elimination|formation]")
}
event <- if (length(arguments) == 2) arguments[2] else "elimination"
if (!event %in% c("elimination", "formation")) {
  stop("the second argument is 'elimination' or 'formation', not '", event, "'")
}
suppressPackageStartupMessages(library(lme4))

text <- c("animal", "sample", "dendrite", "group", "session_from", "session_to", "measure")
counts <- read.delim(arguments[1], na.strings = "n/a", quote = "")
missing <- setdiff(c(text, "events", "rest"), names(counts))
if (length(missing) > 0) stop(arguments[1], ": has no column ", paste(missing, collapse = ", "))
counts[text] <- lapply(counts[text], as.character)
counts <- counts[counts$measure == event & counts$events + counts$rest > 0, ]
if (nrow(counts) == 0) stop(arguments[1], ": no dendrite has spines before an interval")
counts$interval <- paste(counts$session_from, counts$session_to, sep = "->")
counts$group[is.na(counts$group)] <- "all"
in_groups <- tapply(counts$group, counts$interval, function(g) length(unique(g)))
counts <- counts[in_groups[counts$interval] == length(unique(counts$group)), ]
if (nrow(counts) == 0) stop(arguments[1], ": the groups share no interval")
for (name in c("group", "interval")) counts[[name]] <- factor(counts[[name]], levels = unique(counts[[name]]))
counts$dendrite <- factor(paste(counts$sample, counts$dendrite))
counts$animal <- factor(counts$animal)

fixed <- c("group", "interval")[c(nlevels(counts$group), nlevels(counts$interval)) > 1]
right <- if (length(fixed) == 0) "1" else paste(fixed, collapse = " * ")
random <- if (nlevels(counts$animal) > 1) "(1 | animal/dendrite)" else "(1 | dendrite)"
model <- glmer(as.formula(paste("cbind(events, rest) ~", right, "+", random)), data = counts,
               family = binomial, control = glmerControl(optimizer = "bobyqa"))
out <- as.data.frame(coef(summary(model)))
names(out) <- c("estimate", "standard_error", "z", "p")
out <- cbind(event = event, term = rownames(out), out)
write.table(out, sep = "\t", quote = FALSE, row.names = FALSE)
