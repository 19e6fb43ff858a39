// SPDX-License-Identifier: Apache-2.0
// The table of meters, which only grows: loaded once for each session.
import { createContext } from "preact";
import { useContext } from "preact/hooks";
import type { Meter } from "./wire";

export const MeterTable = createContext<readonly Meter[]>([]);

export function useMeter(): (id: number) => Meter {
  const meters = useContext(MeterTable);
  return (id) =>
    meters.find((meter) => meter.id === id) ?? { id, name: `meter ${id}`, unit: "unit" };
}

export function useMeters(): readonly Meter[] {
  return useContext(MeterTable);
}
