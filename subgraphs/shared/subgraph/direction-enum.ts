import { enumOf } from "./output.ts";

export const DirectionEnum = enumOf("Direction", "Which way a list is sorted.", ["ASC", "DESC"] as const);
