/** Percent of a purchase that each credit card gives back, by category; else `default`. */

export const REWARDS: Readonly<Record<string, Readonly<Record<string, number>> & { default: number }>> = {
  "Bronze Rewards Card": { default: 1 },
  "Silver Rewards Card": { Travel: 4, Software: 4, default: 1 },
  "Gold Rewards Card": { default: 2.5 },
  "Platinum Rewards Card": { default: 10 },
  "Business Bronze Rewards Card": { default: 1 },
  "Business Silver Rewards Card": { Travel: 10, Software: 10, default: 1 },
  "Green Rewards Card": { Sustainable: 3, default: 1 },
  "Business Gold Rewards Card": { Operations: 2.5, default: 1 },
  "Business Platinum Rewards Card": { Travel: 4, Software: 4, Media: 4, default: 1.5 },
  "Silver Zoom Card": { Transportation: 3, default: 1 },
  "Diamond Elite Card": { default: 5 },
  EcoCard: { Green: 5, default: 1 },
  "Crypto-Cash Back": { default: 2 },
};
