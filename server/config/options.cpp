// SPDX-License-Identifier: Apache-2.0
#include "server/config/options.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace sluice {

namespace {

using namespace std::chrono_literals;

/// Who may reach the server.
std::vector<Option> access_options() {
  using Config = ServerConfig;
  return {
      {"listen", listen_address(),
       "Address of the first reactor; each further reactor takes the next port. Port 0 takes any "
       "that is free."},
      {"http-listen", http_address(),
       "Address of the HTTP interface, shared by all reactors. Without it there is none."},
      {"auth", auth_mode(),
       "Whether callers show who they are: none (whoever reaches the server may do everything; "
       "only "
       "on loopback), or required (an API key or a token; the first key is printed at the first "
       "start)."},
      {"token-keys", path(&Config::token_keys),
       "The keys that verify tokens (JWT): a JWKS, or public keys in PEM. Read again when it "
       "changes. Without it API keys alone are taken."},
      {"token-issuer", name(&Config::token_issuer), "What `iss` of a token has to be."},
      {"token-audience", name(&Config::token_audience),
       "What `aud` of a token has to be, or to hold."},
      {"token-algorithms", token_algorithms(), "How tokens may be signed."},
      {"token-leeway", duration(&Config::token_leeway, 0s, 10min),
       "By how much the issuer's clock may differ from this one."},
      {"tls-certificate", path(&Config::tls_certificate),
       "The server's certificate, with its chain, in PEM. With it every connection is by TLS."},
      {"tls-key", path(&Config::tls_key), "The private key of that certificate, in PEM."},
      {"tls-client-ca", path(&Config::tls_client_ca),
       "Who signs clients' certificates, in PEM. With it a client without one is refused."},
      {"insecure-listen-without-tls", truth(&Config::insecure_listen_without_tls),
       "Lets others reach the server without TLS, so that credentials pass in the clear: only "
       "where "
       "something else encrypts."},
  };
}

std::vector<Option> other_options() {
  using Config = ServerConfig;
  return {
      {"data-directory", path(&Config::data_directory),
       "Where everything is kept; made if it is not there."},
      {"postgres", connection_string(&Config::postgres),
       "Where PostgreSQL is, in libpq's words (a URI or key=value pairs; TLS is asked for there). "
       "Without it tenants are kept in an SQLite file in the data directory; the journal is there "
       "in both cases."},
      {"instances", path(&Config::instances),
       "Other PostgreSQL databases, for tenants that have one: a file of lines name = connection "
       "string."},
      {"durability", durability(),
       "How safe a charge is when it is acknowledged: memory (a crash loses up to a flush "
       "interval), process (a crash of the server loses nothing), disk (a power cut neither)."},
      {"journal-bytes-max", count<std::uint64_t>(&Config::journal_bytes, 16 << 20, 1ULL << 40),
       "Beyond so many bytes the journal is written anew, without what is outdated; a start reads "
       "all of it. It may take three times as much for a while."},
      {"lease", duration(&Config::lease, 2s, 24h),
       "How long this server owns its tenants without hearing from PostgreSQL: so long it goes on "
       "deciding while the database is away, and so long another server waits to take over from "
       "one that vanished."},
      {"take-over", take_over(),
       "What may be taken from another server that did not give its tenants back: never, or its "
       "tenants once its lease is expired, giving up what only its journal holds."},
      {"shards", count<std::uint16_t>(&Config::shards, 1, 4'096),
       "Units of ownership of a data directory that is made now; one that exists keeps its own."},
      {"reactors", count<std::uint16_t>(&Config::reactors, 0, 256),
       "Threads that decide; 0 is one for each core."},
      {"spin-max", duration(&Config::spin_max, 0us, 10ms),
       "How long a reactor with nothing to do looks for work before it sleeps: waking up costs "
       "about as much."},
      {"connections-max", count<std::size_t>(&Config::connections_max, 1, 1'000'000),
       "Connections at the same time, of each interface; further ones are closed at once."},
      {"enter-timeout", duration(&Config::enter_timeout, 100ms, 5min),
       "A connection that has not entered by then is closed."},
      {"frame-timeout", duration(&Config::frame_timeout, 100ms, 5min),
       "A message (or HTTP body) that is begun and not whole by then closes its connection."},
      {"stall-timeout", duration(&Config::stall_timeout, 100ms, 5min),
       "A connection that takes nothing of what is written to it for so long is closed."},
      {"http-idle-timeout", duration(&Config::http_idle_timeout, 100ms, 1h),
       "An HTTP connection that asks nothing for so long is closed."},
      {"resident-tenants-max", count<std::size_t>(&Config::resident_tenants_max, 1, 100'000'000),
       "Tenants in memory at the same time."},
      {"idle-after", duration(&Config::idle_after, 1s, 168h),
       "A tenant that was not asked for so long, and has nothing unwritten, leaves the memory."},
      {"waiting-checks-max", count<std::size_t>(&Config::waiting_checks_max, 1, 16'777'216),
       "Checks on each reactor that wait for their tenant to be loaded; further ones are "
       "unavailable."},
      {"unknown-tenants-max", count<std::size_t>(&Config::unknown_tenants_max, 1, 16'777'216),
       "Ids on each reactor that are remembered as nobody's."},
      {"unknown-for", duration(&Config::unknown_for, 1s, 1h),
       "How long an id is remembered as nobody's."},
      {"flush-interval", duration(&Config::flush_interval, 10ms, 1min),
       "How often what was spent is written to the store."},
      {"flush-tenants-max", count<std::size_t>(&Config::flush_tenants_max, 1, 1'000'000),
       "Tenants that are written in one transaction; more take several, one after the other."},
      {"readers", count<std::size_t>(&Config::readers, 1, 64),
       "Threads that load tenants from the store."},
      {"tenant-retention", duration(&Config::tenant_retention, 0s, 87'600h),
       "How long a tenant that is deactivated from now on can be restored, before it is purged."},
      {"audit-retention-days", count<std::uint32_t>(&Config::audit_retention_days, 0, 36'500),
       "How many days events of the audit are kept; 0 is for ever. In PostgreSQL whole months."},
      {"drain-timeout", duration(&Config::drain_timeout, 100ms, 10min),
       "How long a stop may take to answer what was asked and to write what was spent."},
      {"log-level", log_level(), "What is logged: this level and the ones after it."},
      {"simulated-time", instant(&Config::simulated_time),
       "Serve with a clock that starts here and moves only when an operator moves it; for tests. "
       "Refused on a data directory, or a store, that was made without it."},
  };
}

/// Who is alerted, and how.
std::vector<Option> alert_options() {
  using Config = ServerConfig;
  return {
      {"alert-webhook", addresses_of_pages(&Config::alert_webhook),
       "Webhooks that hear of the alerts of all tenants, and of the platform's: URLs with commas "
       "between."},
      {"alert-webhook-secret", path(&Config::alert_webhook_secret),
       "The file that holds what calls of those are signed with: 16 to 255 bytes."},
      {"alert-webhook-events", name(&Config::alert_webhook_events),
       "Which events those hear of, with commas between; `*` is all."},
      {"alert-retention-days", count<std::uint32_t>(&Config::alert_retention_days, 1, 3'650),
       "How many days alerts and their deliveries are kept, delivered or not."},
      {"payment-grace", duration(&Config::payment_grace, 0s, 8'760h),
       "How long a tenant may spend after the billing system said that a payment failed; if that "
       "does not come in, the tenant is suspended then. 0s: it is only told of."},
      {"usage-minutes-retention-days",
       count<std::uint32_t>(&Config::usage_minutes_retention_days, 0, 36'500),
       "How many days of usage are kept by the minute; 0: for ever. PostgreSQL forgets a month "
       "when all of it is older, which takes the right to execute `forget_usage_month`."},
      {"usage-hours-retention-days",
       count<std::uint32_t>(&Config::usage_hours_retention_days, 0, 36'500),
       "The same by the hour. Less than 58 leave too little to tell what is unusual."},
      {"usage-days-retention-days",
       count<std::uint32_t>(&Config::usage_days_retention_days, 0, 36'500), "The same by the day."},
      {"webhook-timeout", duration(&Config::webhook_timeout, 100ms, 1min),
       "A call of a webhook that is not answered by then has failed, and is tried again later."},
      {"webhook-ca", path(&Config::webhook_ca),
       "Who signs certificates of webhooks, beside those whom the system trusts, in PEM."},
      {"insecure-webhooks-to-private-addresses", truth(&Config::insecure_webhooks_private),
       "Calls webhooks on loopback, private and other addresses that are not public: then whoever "
       "may set a webhook of a tenant reaches what stands beside this server. For tests."},
      {"insecure-webhooks-without-tls", truth(&Config::insecure_webhooks_plain),
       "Calls webhooks by http, too: then whoever is between reads and changes what is told."},
  };
}

std::vector<Option> make_options() {
  std::vector<Option> all = access_options();
  const std::vector<Option> others = other_options();
  all.insert(all.end(), others.begin(), others.end());
  const std::vector<Option> alerts = alert_options();
  all.insert(all.end(), alerts.begin(), alerts.end());
  return all;
}

}  // namespace

std::span<const Option> options() {
  static const std::vector<Option> table = make_options();
  return table;
}

const Option* find_option(std::string_view name) {
  const auto found = std::ranges::find(options(), name, &Option::name);
  return found == options().end() ? nullptr : &*found;
}

std::string environment_name(std::string_view option) {
  std::string name{environment_prefix};
  for (const char letter : option) {
    name +=
        letter == '-' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  }
  return name;
}

}  // namespace sluice
