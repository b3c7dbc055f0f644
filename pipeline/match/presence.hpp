#pragma once
// Is the spine there? One site over all sessions: a hidden Markov chain of present and absent whose emissions
// are the readings at the mapped sites. The spine's own brightness is unknown and integrated out on a grid;
// between sessions it varies by a log-normal factor. (Forward-backward: Rabiner, Proc. IEEE 77:257, 1989.)

#include <vector>

namespace spinechron {

/// One session's reading at the site and what an empty site would read there (all in units of the shaft's
/// brightness).
struct SiteReading {
  bool assessable = false;
  double excess = 0;
  double sigma = 0;       ///< of the excess
  double empty_mean = 0;  ///< what the same search finds at empty places of the same shell
  double empty_sd = 0;
  bool peak = false;  ///< the light makes a peak of its own, as a head does
};

/// How spines turn over from one session to the next.
struct Turnover {
  double p_loss = 0.1;
  double p_gain = 0.4;  ///< of an empty site that holds a spine in some other session
};

/// The chain and the natural change.
struct PresencePrior {
  double p_first = 0.8;            ///< present in the first session, given that the site ever held a spine
  std::vector<Turnover> turnover;  ///< of each interval; none: the defaults for all
  double change_sd = 0.3;          ///< standard deviation of the log brightness of one spine between sessions
};

struct PresencePosterior {
  std::vector<double> present;                               ///< each session
  std::vector<double> present_to_absent, absent_to_present;  ///< each interval, joint probability
  std::vector<double> present_to_present, absent_to_absent;
  double brightness = 0;  ///< posterior mean of the spine's brightness
};

/// Posterior given that the spine is there in at least one session.
PresencePosterior presence(const std::vector<SiteReading>& readings, const PresencePrior& prior);

/// Probability that some session shows the place empty.
double p_change(const std::vector<SiteReading>& readings, const PresencePosterior& posterior);

/// Probability of being a spine, given also the probability `change` that the place changes: what is no spine
/// seldom changes between sessions, of spines the share `of_spines` does (Bayes).
double p_spine_given_change(double p_spine, double change, double of_spines);

}  // namespace spinechron
