// SPDX-License-Identifier: Apache-2.0
// Where somebody is, as the part of the address behind `#`: the server never hears of it.
import { useEffect, useState } from "preact/hooks";

export interface Place {
  parts: string[];
  query: URLSearchParams;
}

function here(): Place {
  const [path = "", query = ""] = location.hash.replace(/^#\/?/, "").split("?");
  return {
    parts: path.split("/").filter(Boolean).map(decodeURIComponent),
    query: new URLSearchParams(query),
  };
}

export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const moved = () => setPlace(here());
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  return place;
}

/** An address within the console; what is empty in the query is left out. */
export function to(parts: string[], query: Record<string, string> = {}): string {
  const asked = new URLSearchParams(Object.entries(query).filter(([, value]) => value !== ""));
  const text = asked.toString();
  return `#/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
}

/** Changes the query of where somebody is, without a new entry in the history. */
export function refine(parts: string[], query: Record<string, string>): void {
  history.replaceState(null, "", to(parts, query));
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}
