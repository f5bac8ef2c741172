import { plural } from "../../../../language/plural.ts";

export const strings = {
  loading: "Loading",
  title: "Runs that start by themselves",
  none: "None: a run starts when a file comes or somebody asks for it.",
  newSchedule: "New schedule",
  changeSchedule: "Change the schedule",
  allSet: "There is one for each provider already: change that.",
  provider: "Provider",
  allProviders: "All providers",
  days: "Days back",
  daysHint: "Empty: however old.",
  daysBack: (days: number) => plural("en", days, { one: "# day back", other: "# days back" }),
  saved: "Saved",
  notDone: "It was not done. Try again.",
};
