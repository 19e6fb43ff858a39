// SPDX-License-Identifier: Apache-2.0
// Bars over time, drawn as SVG. What a bar stands for is told below the chart, by pointing at it or
// with the arrow keys, so that nothing moves and nothing is hidden.
import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** Parts of a whole that have no look of their own: in this order, and what is left. */
export const partLooks = ["part-1", "part-2", "part-3", "part-4", "part-5"] as const;
export type PartLook = (typeof partLooks)[number] | "part-rest";

export interface Part {
  /** A class of console.css. */
  look: "used" | "allowed" | "denied" | "throttled" | "overage" | PartLook;
  value: number;
}

export interface Slot {
  startMs: number;
  /** From the bottom to the top. */
  parts: readonly Part[];
  /** What is told of it. */
  text: string;
}

const left = 52;
const right = 8;
const top = 10;
const bottom = 22;
const tickWidth = 64;

function useWidth(): [{ current: HTMLDivElement | null }, number] {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const element = box.current;
    if (element === null) {
      return;
    }
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [box, width];
}

/** A round number of steps up to at least `most`. */
export function scaleOf(most: number): { step: number; top: number } {
  const rough = Math.max(most, 1) / 3;
  const magnitude = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(
    1,
    ([1, 2, 2.5, 5, 10].find((factor) => factor * magnitude >= rough) ?? 10) * magnitude,
  );
  return { step, top: Math.ceil(Math.max(most, 1) / step) * step };
}

export function BarChart(props: {
  label: string;
  slots: readonly Slot[];
  height?: number;
  /** What stands below a slot; nothing below most. */
  tick: (ms: number) => string | undefined;
  axis: (value: number) => string;
}): JSX.Element {
  const [box, width] = useWidth();
  const [chosen, setChosen] = useState<number>();
  const height = props.height ?? 190;
  const { slots } = props;
  const most = Math.max(0, ...slots.map((s) => s.parts.reduce((sum, part) => sum + part.value, 0)));
  const scale = scaleOf(most);
  const inner = Math.max(0, width - left - right);
  const slotWidth = slots.length ? inner / slots.length : 0;
  const gap = slotWidth > 6 ? 2 : slotWidth > 2.5 ? 0.75 : 0;
  const y = (value: number) => top + (height - top - bottom) * (1 - value / scale.top);
  const ticks = slots.flatMap((slot, i) => {
    const text = props.tick(slot.startMs);
    return text === undefined ? [] : [{ x: left + (i + 0.5) * slotWidth, text }];
  });
  const tickEvery = Math.max(1, Math.ceil((ticks.length * tickWidth) / Math.max(1, inner)));
  const at = chosen !== undefined && chosen < slots.length ? chosen : undefined;

  const point = (event: PointerEvent) => {
    const bounds = box.current?.getBoundingClientRect();
    if (bounds && slotWidth > 0) {
      const slot = Math.floor((event.clientX - bounds.left - left) / slotWidth);
      setChosen(Math.min(slots.length - 1, Math.max(0, slot)));
    }
  };
  const press = (event: KeyboardEvent) => {
    const from = at ?? slots.length;
    const moves: Record<string, number> = {
      ArrowLeft: from - 1,
      ArrowRight: from + 1,
      Home: 0,
      End: slots.length - 1,
    };
    const next = moves[event.key];
    if (next !== undefined) {
      event.preventDefault();
      setChosen(Math.min(slots.length - 1, Math.max(0, next)));
    } else if (event.key === "Escape") {
      setChosen(undefined);
    }
  };

  return (
    <figure class="chart">
      <div
        ref={box}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys walk along the bars.
        tabIndex={0}
        role="group"
        aria-label={`${props.label}. Arrow keys read the bars.`}
        onPointerMove={point}
        onPointerDown={point}
        onPointerLeave={() => setChosen(undefined)}
        onKeyDown={press}
      >
        <svg width={width} height={height} aria-hidden="true">
          {Array.from(
            { length: Math.round(scale.top / scale.step) + 1 },
            (_, i) => i * scale.step,
          ).map((value) => (
            <g key={value}>
              <line class="grid" x1={left} x2={width - right} y1={y(value)} y2={y(value)} />
              <text class="tick" x={left - 8} y={y(value) + 4} text-anchor="end">
                {props.axis(value)}
              </text>
            </g>
          ))}
          {slots.map((slot, i) => {
            let below = 0;
            return (
              <g key={slot.startMs} class={i === at ? "bar chosen" : "bar"}>
                {slot.parts.map((part) => {
                  const from = y(below);
                  below += part.value;
                  const to = part.value > 0 ? Math.min(y(below), from - 1) : from;
                  return (
                    <rect
                      key={part.look}
                      class={part.look}
                      x={left + i * slotWidth + gap / 2}
                      width={Math.max(0.5, slotWidth - gap)}
                      y={to}
                      height={from - to}
                    />
                  );
                })}
              </g>
            );
          })}
          {ticks.map(
            ({ x, text }, i) =>
              i % tickEvery === 0 &&
              x + tickWidth / 2 < width && (
                <text key={x} class="tick" x={x} y={height - 6} text-anchor="middle">
                  {text}
                </text>
              ),
          )}
        </svg>
      </div>
      <figcaption aria-live="polite">
        {at === undefined ? <span class="muted">{props.label}</span> : slots[at]?.text}
      </figcaption>
    </figure>
  );
}
