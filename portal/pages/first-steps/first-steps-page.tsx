import { FirstSteps } from "./first-steps.tsx";

/** The guide, to come back to once there is something in the lists. */
export function Content() {
  return <FirstSteps />;
}
