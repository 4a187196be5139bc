/** Cities of BFCL's suite: zip codes, distances, airports, and what a flight costs in economy class on an odd day. */

export const ZIP_CODES: Readonly<Record<string, string>> = {
  ...{ Rivermist: "83214", Stonebrook: "74532", Maplecrest: "56108", Silverpine: "62947", Shadowridge: "71354" },
  ...{ "Sunset Valley": "83462", Oakendale: "47329", Willowbend: "52013", "Crescent Hollow": "69238" },
  ...{ Autumnville: "51479", "San Francisco": "94016" },
};

/** In kilometres, between zip codes in either order. */
export const DISTANCES: Readonly<Record<string, number>> = {
  ...{ "83214 74532": 750, "56108 62947": 320, "71354 83462": 450, "47329 52013": 290, "69238 51479": 630 },
  ...{ "94016 83214": 980, "94016 94704": 600, "94704 08540": 2550, "94016 08540": 1950, "62947 47329": 1053 },
  ...{ "94016 62947": 780, "74532 94016": 880 },
};

export const AIRPORTS: Readonly<Record<string, string>> = {
  ...{ Rivermist: "RMS", Stonebrook: "SBK", Maplecrest: "MPC", Silverpine: "SVP", Shadowridge: "SHD", London: "LHR" },
  ...{ Paris: "CDG", "Sunset Valley": "SSV", Oakendale: "OKD", Willowbend: "WLB", "Crescent Hollow": "CRH" },
  ...{ Autumnville: "ATV", Pinehaven: "PHV", Greenfield: "GFD", "San Francisco": "SFO", "Los Angeles": "LAX" },
  ...{ "New York": "JFK", Chicago: "ORD", Boston: "BOS", Beijing: "PEK", "Hong Kong": "HKG", Rome: "CIA" },
  Tokyo: "HND",
};

/** In the order that the suite lists them. */
export const AIRPORT_CODES: readonly string[] =
  "RMS SBK MPC SVP SHD CDG LHR SSV OKD WLB PEK HND HKG CIA CRH ATV PHV GFD SFO LAX JFK ORD BOS".split(" ");

/** From each airport: codes of others with the fare, in dollars. */
const FARES: Readonly<Record<string, string>> = {
  SFO: "LAX200 JFK500 ORD400 BOS450 RMS300 SBK350 MPC370 SVP320 SHD330 SSV340 OKD360 WLB310 CRH380 ATV390 PHV420 GFD430 CIA700",
  LAX: "SFO100 JFK600 ORD500 BOS550 RMS310 SBK320 MPC330 SVP340 SHD350 SSV360 OKD370 WLB380 CRH390 ATV400 PHV410 GFD420 HND430",
  JFK: "ORD300 BOS250 RMS450 SBK460 MPC470 SVP480 SHD490 SSV500 OKD510 WLB520 CRH530 ATV540 PHV550 GFD560 LAX570 HND800 PVG950 PEK1000",
  ORD: "LAX180 BOS200 RMS350 SBK360 MPC370 SVP380 SHD390 SSV400 OKD410 WLB420 CRH430 ATV440 PHV450 GFD460",
  BOS: "RMS400 SBK410 MPC420 SVP430 SHD440 SSV450 OKD460 WLB470 CRH480 ATV490 PHV500 GFD510",
  RMS: "BOS200 JFK210 SBK220 MPC230 SVP240 SHD250 SSV260 OKD270 WLB280 CRH290 ATV300 PHV310 GFD320 LAX330",
  SBK: "MPC200 SVP210 SHD220 SSV230 OKD240 WLB250 CRH260 ATV270 PHV280 GFD290",
  MPC: "SVP210 SHD220 SSV230 OKD240 WLB250 CRH260 ATV270 PHV280 GFD290",
  SVP: "SHD230 SSV240 OKD250 WLB260 CRH270 ATV280 PHV290 GFD300",
  SHD: "SSV220 OKD230 WLB240 CRH250 ATV260 PHV270 GFD280",
  SSV: "OKD240 WLB250 CRH260 ATV270 PHV280 GFD290",
  OKD: "WLB230 CRH240 ATV250 PHV260 GFD270 LAX220",
  WLB: "CRH250 ATV260 PHV270 GFD280",
  CRH: "ATV240 PHV250 GFD260 SFO270 RMS280 HKG290 JFK300",
  ATV: "PHV230 GFD240",
  PHV: "GFD220",
  LHR: "CDG100",
  USD: "RMB7 JPY110 INR70 RUB60 MXN20",
};

export const ALL_FARES: readonly number[] = Object.values(FARES).flatMap((fares) =>
  fares.split(" ").map((fare) => Number(fare.slice(3))),
);

/** undefined where there is no flight. */
export function fareOf(from: string, to: string): number | undefined {
  const [, fare] = new RegExp(`\\b${to}(\\d+)\\b`).exec(FARES[from] ?? "") ?? [];
  return fare === undefined ? undefined : Number(fare);
}
