/** Estimates of the KL divergence from the reference policy, token by token, from sampled tokens. */

export type KlEstimator = "unbiased" | "k3";

/**
 * An estimate of KL(pi_theta || pi_ref) at a token drawn from pi_old, and its derivative by log pi_theta.
 *
 * With rho = pi_ref / pi_theta, K3 is rho - log rho - 1. Its gradient is biased off policy, and unbounded where pi_theta is far
 * below pi_ref. V3.2 multiplies it by r = pi_theta / pi_old, inside the gradient (report section 3.1): then value and gradient
 * are unbiased, and the gradient is -r log rho.
 */
export function klEstimate(
  estimator: KlEstimator,
  logprob: number,
  refLogprob: number,
  ratio: number,
): { value: number; gradient: number } {
  const logRho = refLogprob - logprob;
  const rho = Math.exp(logRho);
  const k3 = rho - logRho - 1;
  if (estimator === "k3") return { value: k3, gradient: 1 - rho };
  return { value: ratio * k3, gradient: -ratio * logRho };
}
