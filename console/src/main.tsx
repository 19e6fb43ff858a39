// SPDX-License-Identifier: Apache-2.0
// The console of Sluice: who is signed in, and which page is looked at.

import type { JSX } from "preact";
import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call } from "./api";
import { useLoad } from "./load";
import { MeterTable } from "./meters";
import { AlertsPage } from "./pages/alerts";
import { Overview } from "./pages/overview";
import { SignIn } from "./pages/sign_in";
import { TenantPage } from "./pages/tenant";
import { TenantsPage } from "./pages/tenants";
import { type Place, to, usePlace } from "./route";
import { credential, onSession, signOut } from "./session";
import { forgetNames } from "./tenant_names";
import { Empty, Shown } from "./ui";
import type { Meter } from "./wire";

function Page(props: { place: Place }): JSX.Element {
  const [area, tenant, tab] = props.place.parts;
  switch (area) {
    case undefined:
      return <Overview />;
    case "tenants":
      return tenant === undefined ? (
        <TenantsPage query={props.place.query} />
      ) : (
        <TenantPage key={tenant} name={tenant} tab={tab ?? "limits"} query={props.place.query} />
      );
    case "alerts":
      return <AlertsPage query={props.place.query} />;
    default:
      return (
        <Empty title="There is no such page">
          Go to the <a href={to([])}>overview</a>.
        </Empty>
      );
  }
}

const titles: Record<string, string> = { tenants: "Tenants", alerts: "Alerts" };

function useTitle(place: Place): void {
  const [area, tenant] = place.parts;
  const title = tenant ?? (area === undefined ? "Overview" : (titles[area] ?? "Not found"));
  useEffect(() => {
    document.title = `${title} · Sluice`;
  }, [title]);
}

function NavLink(props: { parts: string[]; here: boolean; text: string }): JSX.Element {
  return (
    <a href={to(props.parts)} aria-current={props.here ? "page" : undefined}>
      {props.text}
    </a>
  );
}

function TopBar(props: { place: Place; signedIn: boolean }): JSX.Element {
  const area = props.place.parts[0];
  return (
    <header class="top">
      <a class="brand" href={to([])} aria-label="Sluice, overview">
        <svg viewBox="0 0 16 16" width="20" height="20" aria-hidden="true">
          <rect width="16" height="16" rx="4" />
          <path d="M4 4v8M8 4v4.5M12 4v8M8 11v1" />
        </svg>
        Sluice
      </a>
      <nav aria-label="Pages">
        <NavLink parts={[]} here={area === undefined} text="Overview" />
        <NavLink parts={["tenants"]} here={area === "tenants"} text="Tenants" />
        <NavLink parts={["alerts"]} here={area === "alerts"} text="Alerts" />
      </nav>
      {props.signedIn && (
        <button type="button" class="quiet" onClick={() => signOut()}>
          Sign out
        </button>
      )}
    </header>
  );
}

/** Everything that needs a credential, if the server wants one. */
function Inside(): JSX.Element {
  const place = usePlace();
  useTitle(place);
  const meters = useLoad("meters", (signal) =>
    call<{ meters?: Meter[] }>("meters", {}, signal).then((answer) => answer.meters ?? []),
  );
  if (meters.trouble?.kind === "unauthenticated") {
    return <SignIn />;
  }
  return (
    <>
      <TopBar place={place} signedIn={credential() !== ""} />
      <main id="main">
        <Shown of={meters}>
          {(table) => (
            <MeterTable.Provider value={table}>
              <Page place={place} />
            </MeterTable.Provider>
          )}
        </Shown>
      </main>
    </>
  );
}

function Console(): JSX.Element {
  const [session, setSession] = useState({ number: 0, out: false });
  useEffect(
    () =>
      onSession(() => {
        forgetNames();
        setSession((old) => ({ number: old.number + 1, out: credential() === "" }));
      }),
    [],
  );
  return session.out ? <SignIn /> : <Inside key={session.number} />;
}

const root = document.getElementById("console");
if (root !== null) {
  root.textContent = "";
  render(<Console />, root);
}
