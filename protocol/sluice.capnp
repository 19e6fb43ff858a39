# SPDX-License-Identifier: Apache-2.0
@0xb1d4f0a95c7e2631;

# The native interface of Sluice. These comments are its manual.
#
# Conventions
#   - A tenant is its UUID as two words, most significant first. A meter is its number in the meter
#     table that `enter` hands out. Names of tenants, meters and limits travel only in management
#     calls.
#   - Amounts are 0 to 2^63-1, in the unit of their meter.
#   - Points in time are nanoseconds since 1970-01-01T00:00:00Z by the server's wall clock (`...AtNs`);
#     `nowNs` in the same answer turns them into durations. Durations are nanoseconds (`...Ns`).
#   - Running out of quota is an outcome. Management calls answer with a value or a `Fault`. A call
#     throws only if it is malformed as a whole (a list too long, a frame too large), or if the server
#     is going away; then nothing of it was done.
#   - Enumerants that a server does not know are refused by name of the field. New ones come last.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("sluice::wire");

const protocolVersion :UInt16 = 1;

const checksPerCallMax :UInt32 = 4096;
const chargesPerCheckMax :UInt32 = 16;
const labelsPerCheckMax :UInt32 = 8;
const explainedPerCallMax :UInt32 = 32;
const frameBytesMax :UInt32 = 1048576;
# A larger message closes the connection.

interface Front {
  # What a fresh connection can reach (the bootstrap capability).

  enter @0 (hello :Hello) -> (welcome :Welcome);
  # Agrees on the protocol and hands out what the caller may use. Throws if the server does not
  # speak `hello.protocol`, and, with a reason that begins with "unauthenticated: ", if the credential
  # is not good. A connection that does not enter in time is closed. What was handed out ends when the
  # credential does: then calls throw, with such a reason, or answer the fault `unauthenticated`.
}

struct Hello {
  protocol @0 :UInt16;
  # `protocolVersion` of the client.
  client @1 :Text;
  # For the server's log: up to 100 bytes, such as "sluicectl/0.1.0".
  credential @2 :Text;
  # An API key, or a token (JWT) in compact form; up to 64 KiB. A server that requires none ignores it.
}

struct Welcome {
  protocol @0 :UInt16;
  server @1 :Text;
  # Such as "sluiced/0.1.0".
  meters @2 :List(Meter);
  shards @3 :ShardMap;
  gateway @4 :Gateway;
  # Null if the credential may not spend. Checks of tenants that it does not cover are `accessDenied`.
  operator @5 :Operator;
  # Null for a gateway's credential. What the credential does not allow is answered with the fault
  # `permissionDenied`; whether a tenant exists that it does not cover is not told.
}

struct ShardMap {
  # Where each shard's owner listens. shard = XXH64(seed 0) of the tenant id's 16 bytes, most
  # significant first, modulo `owners.size()`. A check that is sent elsewhere is still answered, by
  # one hop inside the server.

  endpoints @0 :List(Endpoint);
  owners @1 :List(UInt16);
  # For each shard, an index into `endpoints`.
}

struct Endpoint {
  host @0 :Text;
  port @1 :UInt16;
}

struct Meter {
  id @0 :UInt16;
  # From 1.
  name @1 :Text;
  unit @2 :Text;
}

# ----------------------------------------------------------------------------------------- checks

interface Gateway {
  # For whoever asks on behalf of tenants' users.

  check @0 (checks :List(Check)) -> (decisions :List(Decision), nowNs :Int64);
  # Decides each check by itself, and answers in the same order. Between the checks of one list there
  # is no atomicity; checks of one tenant are decided in the order of the list. At most
  # `checksPerCallMax`.

  meters @1 () -> (meters :List(Meter));
  # The meter table as it is now; it only grows.

  resolveHost @2 (host :Text) -> (answer :Answer(TenantId));
  # Whose verified domain it is, from memory. As a browser sends it: case, a port and a dot at the end
  # say nothing. `notFound` if it is nobody's, or of a tenant that the credential does not cover.
}

enum Mode {
  normal @0;
  # Every limit of every charge takes its amount, or none does.
  peek @1;
  # Decides, charges nothing.
  bestEffort @2;
  # Of its only charge, takes as much as there is: `granted`. Refused only if there is nothing.
  record @3;
  # Counts what already happened, even past the limits; never refused by one.
  release @4;
  # Gives back, to the gauges of its meters (windows of the period `never`), down to zero: `granted`
  # is the least that one of them had to give. Every meter must have one.
  reserve @5;
  # Makes a reservation, named by its id: holds every amount on every limit, or nothing, for
  # `ttlNs`. A rate is charged at once, and gets back what is not used.
  extend @6;
  # Keeps a reservation open for `ttlNs` from now. The charges say how much was used so far, of
  # meters that were reserved; what they leave out stays as it was said before. One that is not
  # extended in time ends by itself, at what was said.
  commit @7;
  # Settles a reservation at what was used, whether or not it fits; a meter that the charges leave
  # out was used as it was held.
  cancel @8;
  # Gives all of a reservation back. Takes no charges.
  lease @9;
  # Takes a slice of its only charge's meter out, to be spent elsewhere without asking: `granted`, at
  # most `particulars.want`, an eighth of what the tightest limit has left, and refused when that is
  # less than one. It is held from the start. The amount is what was spent of the lease so far, in
  # all: 0 at first. Asked again under the same id, the lease goes on for `ttlNs` from now, what was
  # spent is charged, and what is out is filled up again: `granted` says how much is out then. `commit`
  # (with all that was spent) and `cancel` (no more than was said before) end it. One that nobody ends
  # counts as spent, unless its limit releases it.
}

struct Check {
  tenantHigh @0 :UInt64;
  tenantLow @1 :UInt64;
  amount @2 :UInt64;
  meter @3 :UInt16;
  # The first charge stands here, because nearly every check has just one.
  mode @4 :Mode;
  more @5 :List(Charge);
  # Further charges, at most `chargesPerCheckMax` with the first. An amount of 0 only asks. `extend`
  # and `commit` may have no charges at all, and `cancel` has none: then `meter` and `amount` are 0,
  # and `more` is null.
  particulars @6 :Particulars;
  # What few checks have; null if there is nothing in it.
}

struct Particulars {
  # The id names what is done once, however often it is asked: a reservation, a lease, or a check of
  # any mode but `peek`. The same request under the same id is answered as the first time; another one
  # is a `conflict`. What was allowed, denied or throttled is remembered for 24 hours, of each tenant
  # the latest 10000; reservations and leases, of which a tenant may have 10000 open, for so long after
  # their end.

  idHigh @0 :UInt64;
  idLow @1 :UInt64;
  # Chosen by the caller, unlike all others within the tenant; a UUID will do, so `idHigh` is never
  # 2^64-1. Both zero: the check is not remembered.
  ttlNs @2 :UInt64;
  # Of `reserve`, `extend` and `lease`: 1 ms to 7 days; of the first two also 0, if a limit on what is
  # in flight says for how long. Of other modes 0.
  want @3 :UInt64;
  # Of `lease`: how much may be out. Of other modes 0.
  labels @4 :List(Label);
  # What the request says of itself, at most `labelsPerCheckMax`, each name once. Not of `extend`,
  # `commit` and `cancel`, which go by those of the reservation.
  explain @5 :Bool;
  # Asks for `DecisionNotes.explanation`, and changes nothing else. Not of `extend`, `commit`, `cancel`
  # and `lease`.
}

struct Label {
  name @0 :Text;
  # [a-z0-9][a-z0-9_-]{0,31}
  value @1 :Text;
  # 1 to 64 bytes of UTF-8.
}

struct Charge {
  amount @0 :UInt64;
  meter @1 :UInt16;
}

enum Outcome {
  allowed @0;
  denied @1;
  # A limit is in the way. Nothing was charged.
  unknownTenant @2;
  noSuchMeter @3;
  unavailable @4;
  # The server cannot decide now. Nothing was charged; ask again after a back-off.
  invalid @5;
  # `problem` names the field. Nothing was charged.
  throttled @6;
  # A limit admits this later in its window: see `retryAfterNs`. Nothing was charged.
  conflict @7;
  # The id was used for another request, or the reservation was settled otherwise. Nothing was
  # charged.
  noSuchHold @8;
  # There is no reservation with this id, or it is forgotten. Nothing was charged.
  holdExpired @9;
  # The reservation ended by itself, at what was said of it. What was used beyond that is still to be
  # counted, by `record`.
  suspended @10;
  # The tenant may not spend until it is reactivated. Nothing was charged. What happened before is
  # counted all the same: `record`, `release`, `commit` and `cancel` go on. Who has a lease is to stop
  # and `commit` what was spent of it.
  deactivated @11;
  # The same of a tenant that is about to be purged.
  accessDenied @12;
  # The credential does not cover the tenant. Nothing was charged, nor told.
}

struct Decision {
  # The outcome and the numbers of the limit that decided: for a refusal the one that keeps the
  # caller waiting longest, otherwise the one with the least remaining. Without a limit on the meter
  # `limit` is 0 and the numbers say nothing.

  outcome @0 :Outcome;
  meter @1 :UInt16;
  # The meter of the limit.
  limit @2 :UInt32;
  # Its number in the tenant, from 1.
  unlimited @3 :Bool;
  # The limit has no size: it counts and never denies. `size` and `remaining` say nothing.
  softLimitPassed @4 :Bool;
  hasRetryAfter @5 :Bool;
  size @6 :UInt64;
  # For a rate, its burst.
  used @7 :UInt64;
  remaining @8 :UInt64;
  resetsAtNs @9 :Int64;
  # When the window ends, or the burst is full again; 2^63-1 if never.
  retryAfterNs @10 :UInt64;
  # With `hasRetryAfter`: the earliest moment at which all limits could pass. Without it, waiting does
  # not help.
  problem @11 :Text;
  # Only with `invalid`.
  granted @12 :UInt64;
  # Of `bestEffort`, what was charged; of `release`, what was given back; otherwise 0.
  notes @13 :DecisionNotes;
  # What few decisions have; null if there is nothing in it.
}

struct DecisionNotes {
  overage @0 :UInt64;
  # Units of the charge above a limit, the most above any one.
  priceMicros @1 :UInt64;
  # What they cost in millionths of the tenant's currency, rounded up: an indication, because what is
  # owed for a window is rounded once, at its end. 2^63-1 if it is more.
  wouldDeny @2 :List(UInt32);
  # Shadow limits that would have refused, by number: the first 4.
  wouldDenyCount @3 :UInt8;
  # How many there were.
  repeated @4 :Bool;
  # This was decided before, and is told again: nothing was charged now.
  overrun @5 :Bool;
  # A commit charged more than was held.
  held @6 :UInt64;
  # Of the limit that decided: what open reservations hold beside `used`.
  decision @7 :UInt64;
  # Of a check or reservation that limits refused, or that asked to be explained: by this number
  # `Operator.explain` knows it for a while. 0 if there is nothing to explain, as of a decision that
  # is told again.
  explanation @8 :Explanation;
  # Only if it was asked for; and within one call, of the first `explainedPerCallMax` checks that ask.
  # The others have a `decision` all the same.
}

enum Verdict {
  fits @0;
  aheadOfPace @1;
  # It fits, but too early: what is left is being spread over the window.
  full @2;
}

struct ConsideredLimit {
  # A limit that a check met, as the check found it, before anything was taken.

  limit @0 :UInt32;
  # Its number in the tenant.
  meter @1 :UInt16;
  verdict @2 :Verdict;
  # Whether the amount fits. What `record` counts need not.
  unlimited @3 :Bool;
  # The limit has no size: `size` and `remaining` say nothing.
  shadow @4 :Bool;
  # It is never in anybody's way, whatever the verdict.
  hasWait @5 :Bool;
  amount @6 :UInt64;
  # What the check asked of it: the sum of its charges on this meter.
  size @7 :UInt64;
  # For a rate, its burst.
  used @8 :UInt64;
  held @9 :UInt64;
  # By open reservations, beside what is used.
  remaining @10 :UInt64;
  resetsAtNs @11 :Int64;
  # When the window ends, or the burst is full again; 2^63-1 if never.
  waitNs @12 :UInt64;
  # With `hasWait`: how long until the amount could fit. Without it, it fits, or waiting does not help.
}

struct Explanation {
  # Why a check was decided as it was.

  decision @0 :UInt64;
  # Its number, within the tenant.
  atNs @1 :Int64;
  mode @2 :Mode;
  outcome @3 :Outcome;
  limits @4 :List(ConsideredLimit);
  # All that the check met, in the order of its charges; at most 64.
}

# ------------------------------------------------------------------------------------- management

enum FaultCode {
  invalidArgument @0;
  notFound @1;
  alreadyExists @2;
  conflict @3;
  limitExceeded @4;
  unavailable @5;
  outcomeUnknown @6;
  dataDamaged @7;
  fenced @8;
  # Another server owns the tenants now.
  permissionDenied @9;
  # The credential does not allow it.
  unauthenticated @10;
}

struct Fault {
  code @0 :FaultCode;
  message @1 :Text;
  # A sentence that names the field.
}

struct Answer(Value) {
  union {
    value @0 :Value;
    fault @1 :Fault;
  }
}

struct TenantId {
  high @0 :UInt64;
  low @1 :UInt64;
}

struct TenantRef {
  # A tenant, by whichever the caller has.
  union {
    id @0 :TenantId;
    slug @1 :Text;
  }
}

enum TenantStatus {
  trial @0;
  # Spends until `Lifecycle.trialEndsAtNs`, and is suspended then.
  active @1;
  suspended @2;
  deactivated @3;
  # It is kept until `Lifecycle.purgeAtNs`.
}

struct Lifecycle {
  # Points in time are 2^63-1 where there is none.

  status @0 :TenantStatus = active;
  trialDays @1 :UInt16;
  # Of the trial that it began with; 0 if with none.
  trialEndsAtNs @2 :Int64 = 9223372036854775807;
  # Also while it is suspended: what is left of the trial goes on when it is reactivated.
  suspendedAtNs @3 :Int64 = 9223372036854775807;
  suspendReason @4 :Text;
  # "trial_expired", "restored", or what an operator said.
  deactivatedAtNs @5 :Int64 = 9223372036854775807;
  purgeAtNs @6 :Int64 = 9223372036854775807;
}

struct LifeEvent {
  # What an operator makes of a tenant's life. Of another status than those that it is for, it is a
  # `conflict`.
  union {
    convert @0 :Void;
    # A trial becomes active before its end.
    suspend @1 :Text;
    # Of a trial or an active tenant; why, in 1 to 200 characters.
    reactivate @2 :Void;
    # A suspended tenant is active again, or on trial while that still runs.
    deactivate @3 :Void;
    # Any other becomes deactivated, and is purged once it was kept for as long as the server says.
    restore @4 :Void;
    # A deactivated tenant that is still kept becomes suspended.
  }
}

struct Billing {
  # To whom what is owed is sent; empty where it is not known. In an edit, null leaves a text as it
  # was.

  company @0 :Text;
  # Up to 200 characters.
  email @1 :Text;
  address @2 :Text;
  # Up to 250 characters.
  taxId @3 :Text;
  # Up to 64 characters.
}

struct Tenant {
  id @0 :TenantId;
  name @1 :Text;
  slug @2 :Text;
  tier @3 :Text;
  timezone @4 :Text;
  # IANA name.
  billingAnchorDay @5 :UInt8;
  # 1 to 31, clamped to the month's end.
  createdAtNs @6 :Int64;
  updatedAtNs @7 :Int64;
  version @8 :UInt64;
  # Grows by one with each change.
  limits @9 :List(Limit);
  life @10 :Lifecycle;
  region @11 :Text;
  currency @12 :Text;
  billing @13 :Billing;
  pendingTier @14 :PendingTier;
  # Null: none is to come.
  features @15 :List(Feature);
  # Its own values, by name; those of its tier are in the catalogue.
}

struct PendingTier {
  tier @0 :Text;
  atNs @1 :Int64;
}

struct Feature {
  name @0 :Text;
  # [a-z][a-z0-9_]{0,62}
  value :union {
    flag @1 :Bool;
    number @2 :Int64;
    text @3 :Text;
    # Up to 200 characters.
  }
}

struct Tier {
  # What tenants get by the plan that they are on.

  name @0 :Text;
  # [a-z0-9_-]{1,32}
  rank @1 :UInt16;
  # A higher one is an upgrade.
  limits @2 :List(Limit);
  # At most 64, without ids and overrides.
  features @3 :List(Feature);
  # By name, at most 64: the defaults of its tenants.
  sla @4 :Text;
  # For people: up to 200 characters.
  version @5 :UInt64;
  # Grows by one with each change.
}

struct TierList {
  tiers @0 :List(Tier);
  # By rank, then by name; at most 64.
}

enum TierMove {
  any @0;
  up @1;
  # To a higher rank, or the same.
  down @2;
}

struct ExceededLimit {
  limit @0 :Text;
  size @1 :UInt64;
  used @2 :UInt64;
  # With what is held.
}

struct TierChanged {
  tenant @0 :Tenant;
  exceeded @1 :List(ExceededLimit);
  # Limits of which more is used than they have.
}

struct TierApplied {
  changed @0 :UInt32;
  unchanged @1 :UInt32;
  # They had all of it already.
  refused @2 :List(TenantId);
  # They stay as they are: they would have more than 64 limits, or an override could not hold.
  next @3 :TenantId;
  # For `after`; null: there are no more tenants.
}

struct TenantFeatures {
  tier @0 :Text;
  features @1 :List(Feature);
  # Those of the tier, but where the tenant has values of its own.
  own @2 :List(Text);
  # Names of the latter.
}

struct TenantDraft {
  # Empty texts and 0 take the default. At most 64 limits; their ids are ignored.

  id @0 :TenantId;
  # All zero: the server makes a UUIDv7.
  name @1 :Text;
  # Default: the slug.
  slug @2 :Text;
  # Required; [a-z0-9-]{3,63}, unique.
  tier @3 :Text;
  # Default: "none". If the catalogue has it, the tenant gets its limits after those here, but where
  # one here has the name; if not, it is a mere label.
  timezone @4 :Text;
  # Default: "UTC".
  billingAnchorDay @5 :UInt8;
  # Default: 1.
  limits @6 :List(Limit);
  trialDays @7 :UInt16;
  # 0: the tenant is active from the start. At most 365.
  region @8 :Text;
  # [a-z0-9-]{1,32}. Default: none. In an edit, null leaves it as it was.
  currency @9 :Text;
  # ISO 4217: [A-Z]{3}. Default: "USD".
  billing @10 :Billing;
  ownerUserId @11 :Text;
  # Its first owner, who becomes a member with it; none if empty. An edit names none.
  ownerEmail @12 :Text;
}

enum Enforcement {
  block @0;
  # A charge that would pass the limit is denied.
  alert @1;
  # It is admitted and counted.
  throttle @2;
  # It is denied, unless the limit has a price; and from the soft limit on, what is left is spread
  # over the rest of the window: a charge ahead of that pace is `throttled`. Needs a window with a
  # size and an end, and a soft limit below the size.
  overage @3;
  # It is admitted, counted and priced. Needs `Limit.overage`.
}

enum Period {
  minute @0;
  hour @1;
  day @2;
  week @3;
  # From Monday.
  month @4;
  # From the tenant's billing anchor day.
  year @5;
  # From the billing anchor day of January.
  never @6;
  # A gauge.
}

struct Limit {
  id @0 :UInt32;
  name @1 :Text;
  # [a-z0-9][a-z0-9_-]{0,62}, unique in the tenant.
  meter @2 :UInt16;
  enforcement @3 :Enforcement;
  rule :union {
    window @4 :WindowRule;
    rate @5 :RateRule;
    sliding @9 :SlidingRule;
    concurrency @12 :ConcurrencyRule;
    credit @17 :CreditRule;
  }
  hasSoftLimit @6 :Bool;
  softLimit @7 :UInt64;
  # From here on decisions carry a warning, and `throttle` spreads what is left; windows with a size,
  # and sliding ones.
  thresholds @8 :List(UInt8);
  # Percent of the size, ascending, at most 8; reported once a window each. Not of rates.
  shadow @10 :Bool;
  # Evaluated, counted and told of (`DecisionNotes.wouldDeny`), but never in anybody's way.
  overage @11 :OverageTerms;
  # Null if units above the size have no price. Only of a window with a size, or credit, that does
  # not block.
  per @13 :List(Text);
  # At most 4 labels: there is a counter for each combination of their values. A request without one
  # of them counts under the empty value. A tenant has at most 8 such limits, and 10,000 counters that
  # are in use.
  when @14 :List(Condition);
  # At most 4: the limit applies to requests of which all of them are true.
  releasesOnExpiry @15 :Bool;
  # Of a reservation or lease that nobody ended: no more counts as used than was reported of a lease,
  # and nothing of a reservation. Otherwise it is what was reported of a reservation, and all of a
  # lease.
  override @16 :Override;
  # Null: there is none.
  fromTier @18 :Bool;
  # It came with the tier, and goes and changes with it. Ignored of what a caller gives.
}

struct Condition {
  label @0 :Text;
  negated @1 :Bool;
  values @2 :List(Text);
  # 1 to 16. The label has one of them; negated: none. A label that is missing has the empty value.
}

struct Override {
  # Holds instead of the rule and the soft limit until it expires. What is used stays.

  rule :union {
    # Of the kind of the limit's, and of a window the same period.
    window @0 :WindowRule;
    rate @1 :RateRule;
    sliding @2 :SlidingRule;
    concurrency @3 :ConcurrencyRule;
    credit @9 :CreditRule;
    # Always refused: credit has no size to hold another one instead of.
  }
  hasSoftLimit @4 :Bool;
  softLimit @5 :UInt64;
  expiresAtNs @6 :Int64;
  # 2^63-1 if never.
  author @7 :Text;
  # Who wants it: 1 to 200 characters.
  reason @8 :Text;
  # Why: 1 to 200 characters.
}

struct WindowRule {
  unlimited @0 :Bool;
  size @1 :UInt64;
  period @2 :Period;
}

struct RateRule {
  amount @0 :UInt64;
  perNs @1 :UInt64;
  # 1 ms to 366 days.
  burst @2 :UInt64;
}

struct SlidingRule {
  # What was used within the last `spanNs`: the count of the present span of the wall clock, and the
  # share of the previous one's that is not yet past.

  size @0 :UInt64;
  spanNs @1 :UInt64;
  # 1 ms to 366 days.
}

struct ConcurrencyRule {
  # How much is in flight at once: what open reservations hold. Other charges of such a meter are
  # `invalid`.

  size @0 :UInt64;
  ttlNs @1 :UInt64;
  # For how long a holder may go without being extended: 1 ms to 7 days.
}

struct CreditRule {
  # Grants are spent: what they have left together is the balance. What was used beyond it is owed,
  # and paid by the next grant that becomes effective. `block` denies what would be owed. Neither by
  # labels, nor overridden.

  period @0 :Period;
  # Each starts with what grants roll over, and owes nothing.
}

struct OverageTerms {
  # What units above the size cost, and how many of them there may be.

  priceMicros @0 :UInt64;
  # Millionths of the tenant's currency for each `per` units; 0 to 2^63-1.
  per @1 :UInt64;
  # At least 1.
  hasCap @2 :Bool;
  cap @3 :UInt64;
  # Units above the size in one window; a charge that would pass it is denied.
}

struct LimitUsage {
  limit @0 :Limit;
  used @1 :UInt64;
  remaining @2 :UInt64;
  windowStartNs @3 :Int64;
  resetsAtNs @4 :Int64;
  overage @5 :UInt64;
  # Units above the size in the window that is open; only of windows of the calendar.
  priceMicros @6 :UInt64;
  # What they cost, rounded up once; 2^63-1 if it is more.
  held @7 :UInt64;
  # By open reservations, beside what is used.
  grants @8 :List(Grant);
  # Of credit: those that are remembered, in the order in which they are spent. `remaining` is what
  # they have left and is not held, and `overage` what is owed.
}

struct GrantTerms {
  # So much, to be spent from `effectiveAtNs` until just before `expiresAtNs`.

  amount @0 :UInt64;
  # At least 1.
  priority @1 :UInt8 = 1;
  # A lower number is spent first, then what expires earlier, then what was given earlier.
  effectiveAtNs @2 :Int64;
  # At once if it is past.
  expiresAtNs @3 :Int64 = 9223372036854775807;
  # After `effectiveAtNs`; 2^63-1 if never.
  recurrence @4 :Recurrence;
  # Null: it is full once only.
  rollover @5 :Rollover;
  # Null: a reset leaves nothing of it.
}

struct Recurrence {
  # It is full again every so many periods, by the calendar of the tenant's time zone.

  period @0 :Period;
  # `hour` to `year`.
  every @1 :UInt16 = 1;
  # 1 to 1000.
  anchorAtNs @2 :Int64;
  # One of the instants.
}

struct Rollover {
  # A reset leaves what there was, but at least `min` and at most `max`.

  min @0 :UInt64;
  max @1 :UInt64;
}

struct Grant {
  idHigh @0 :UInt64;
  idLow @1 :UInt64;
  terms @2 :GrantTerms;
  givenAtNs @3 :Int64;
  voidedAtNs @4 :Int64 = 9223372036854775807;
  # 2^63-1 if it was not.
  balance @5 :UInt64;
  # 0 before it is effective and once it has ended.
  paid @6 :UInt64;
  # In all.
}

struct CreditReport {
  usage @0 :LimitUsage;
  # Of the limit, after the change.
  repeated @1 :Bool;
  # It was done before, and nothing was changed now.
  nowNs @2 :Int64;
}

struct TenantPage {
  tenants @0 :List(Tenant);
  more @1 :Bool;
}

struct Usage {
  tenant @0 :Tenant;
  limits @1 :List(LimitUsage);
  nowNs @2 :Int64;
}

enum Granularity {
  minute @0;
  hour @1;
  day @2;
  # Of UTC.
}

struct UsagePoint {
  # What a tenant did with one meter within one minute, hour or day.

  meter @0 :UInt16;
  startNs @1 :Int64;
  used @2 :UInt64;
  allowed @3 :UInt64;
  # Checks.
  denied @4 :UInt64;
  throttled @5 :UInt64;
  overage @6 :UInt64;
  # Of what was used: units above a limit.
}

struct UsageHistory {
  points @0 :List(UsagePoint);
  # Ordered by start, then by meter. Those in which nothing happened are left out.
}

struct ClosedWindow {
  limit @0 :UInt32;
  # Its number in the tenant; the limit may be gone.
  meter @1 :UInt16;
  endedAtNs @2 :Int64;
  used @3 :UInt64;
  # Its final count.
  overage @4 :UInt64;
  # Units of it above the size.
  priceMicros @5 :UInt64;
  # What they cost, rounded up once; 2^63-1 if it is more.
  paidByHigh @6 :UInt64;
  paidByLow @7 :UInt64;
  # The id of the grant that paid for `used`, up to `endedAtNs`; both zero if it is not about a grant.
}

struct ClosedWindows {
  windows @0 :List(ClosedWindow);
  # The latest first. Those with nothing used are left out.
}

struct StoredCounter {
  # The state of a limit, as the store has it.

  limit @0 :UInt32;
  used @1 :UInt64;
  untilNs @2 :Int64;
  # When its window ends, or what it counts changes by time; 2^63-1 if never.
  fired @3 :UInt8;
  # Its thresholds that were reported in this window, a bit each, the lowest first.
  overage @4 :UInt64;
  previous @5 :UInt64;
  # Of a sliding window the span before; of credit what grants have left.
  pacedUntilNs @6 :Int64;
  # Of a throttled window.
}

struct StoredPage {
  # What the store has of what a tenant spent.

  counters @0 :List(StoredCounter);
  # Only on the first page, as is `openUsage`.
  openUsage @1 :List(UsagePoint);
  # The minute of each meter that is open.
  entries @2 :List(Data);
  # Reservations, leases, answers that are remembered, grants and counters by label, at most 500, in
  # the order of their ids, each in the form of docs/journal.md.
  more @3 :Bool;
}

struct Resets {
  timezone @0 :Text;
  # The tenant's, by whose calendar the windows end.
  nowNs @1 :Int64;
  atNs @2 :List(Int64);
  # Ascending. Empty for a gauge, which never resets.
}

struct Explanations {
  explanations @0 :List(Explanation);
  # The latest first.
}

struct WhatIfRow {
  # What a limit would have made of what one tenant used.

  tenant @0 :TenantId;
  slug @1 :Text;
  asked @2 :UInt64;
  # All that was used.
  buckets @3 :UInt64;
  # In which something was used.
  refused @4 :UInt64;
  # At the least, however the use lay within its buckets.
  refusedBuckets @5 :UInt64;
  # In which something was refused; the starts of the first and the last of them:
  firstRefusedNs @6 :Int64;
  lastRefusedNs @7 :Int64;
  peak @8 :UInt64;
  # Had nothing been refused: of a window the most that was used in one, of a rate the burst that it
  # would have taken.
}

struct WhatIfPage {
  rows @0 :List(WhatIfRow);
  # In the order of ids.
  lookedAt @1 :UInt32;
  # Tenants, whether or not they have a row.
  next @2 :TenantId;
  # For `after`; null: there are no more tenants.
}

enum CallerKind {
  gateway @0;
  operator @1;
  member @2;
  # Only by a token.
}

struct ApiKey {
  # A credential that the server keeps, but for its secret.

  id @0 :Text;
  # 16 hexadecimal digits; the key itself begins with "slk_" and them. Not of a draft.
  name @1 :Text;
  # For people: 1 to 100 characters.
  kind @2 :CallerKind;
  scopes @3 :Text;
  # Permissions with blanks between, such as "tenant:read quotas:write"; "*" for all, "*:read" for
  # those that change nothing. Of a gateway always "checks:write", which a draft may leave empty.
  allTenants @4 :Bool;
  tenants @5 :List(TenantId);
  # Unless it is for all: 1 to 1000.
  createdAtNs @6 :Int64;
  expiresAtNs @7 :Int64 = 9223372036854775807;
  # 2^63-1 if never.
}

struct NewApiKey {
  key @0 :ApiKey;
  text @1 :Text;
  # What its holder needs. It cannot be told again.
}

struct ApiKeyPage {
  keys @0 :List(ApiKey);
  more @1 :Bool;
}

struct AuditEvent {
  # Somebody changed something, or was refused.

  number @0 :UInt64;
  # Within its chain, from 1 without gaps.
  atNs @1 :Int64;
  kind @2 :Text;
  # "operator", "gateway", "member", "anonymous", or "system" for what time alone did.
  name @3 :Text;
  credential @4 :Text;
  address @5 :Text;
  action @6 :Text;
  # Such as "limit.put".
  subject @7 :Text;
  before @8 :Text;
  after @9 :Text;
  # What changed only, as JSON.
  previous @10 :Data;
  hash @11 :Data;
  tenant @12 :TenantId;
  # Whose chain it is; both words zero: the platform's.
}

struct AuditPage {
  events @0 :List(AuditEvent);
  more @1 :Bool;
}

struct AuditCheck {
  anchorNumber @0 :UInt64;
  anchorHash @1 :Data;
  # Of the event before the first that is kept, which is trusted; 0 if all are kept.
  number @2 :UInt64;
  hash @3 :Data;
  # Of the last event that holds.
  brokenAt @4 :UInt64;
  # The number of the first that does not; 0: all hold.
  brokenWhat @5 :Text;
}

enum MemberStatus {
  invited @0;
  active @1;
  suspended @2;
}

struct Member {
  userId @0 :Text;
  # 1 to 255 bytes; of a token, its `sub`.
  email @1 :Text;
  role @2 :Text;
  # owner, admin, member, viewer, or a role of the tenant's own.
  status @3 :MemberStatus;
  invitedAtNs @4 :Int64;
  hasJoined @5 :Bool;
  joinedAtNs @6 :Int64;
}

struct MemberPage {
  members @0 :List(Member);
  # In the order of the bytes of their user ids.
  more @1 :Bool;
}

struct MemberChange {
  union {
    role @0 :Text;
    suspend @1 :Void;
    reactivate @2 :Void;
  }
}

struct Role {
  # That a tenant made for itself.
  name @0 :Text;
  # [a-z0-9_-]{1,32}
  permissions @1 :Text;
  # With blanks between; none that an owner has not.
  members @2 :UInt32;
  # So many have it.
}

struct Roles {
  roles @0 :List(Role);
}

struct TenantOf {
  tenant @0 :TenantId;
  slug @1 :Text;
  name @2 :Text;
  member @3 :Member;
}

struct TenantsOfPage {
  tenants @0 :List(TenantOf);
  more @1 :Bool;
}

struct ClockReading {
  nowNs @0 :Int64;
}

struct Status {
  server @0 :Text;
  nowNs @1 :Int64;
  uptimeNs @2 :UInt64;
  simulatedTime @3 :Bool;
  reactors @4 :List(ReactorStatus);
  busiest @5 :List(BusyTenant);
  # Most checks first, estimated over the last seconds.
  epoch @6 :UInt64;
  # Counts how often the tenants got an owner; this server serves under this one.
  owner @7 :Bool;
  # Whether the tenants are this server's now.
  hasLease @8 :Bool;
  leaseLeftNs @9 :UInt64;
  # With `hasLease`: for how long this server may serve without hearing from the store. Without it,
  # it needs no lease.
}

struct ReactorStatus {
  # Totals since the start, but for the gauges, which say so.
  allowed @0 :UInt64;
  denied @1 :UInt64;
  unknownTenant @2 :UInt64;
  otherOutcomes @3 :UInt64;
  hops @4 :UInt64;
  # Checks that arrived at a reactor that does not own their shard.
  residentTenants @5 :UInt64;
  # Gauge.
  activations @6 :UInt64;
  passivations @7 :UInt64;
  waitingChecks @8 :UInt64;
  # Gauge: checks whose tenant is being loaded.
  dirtyTenants @9 :UInt64;
  # Gauge: not yet written to the store.
  flushes @10 :UInt64;
  flushFailures @11 :UInt64;
  connections @12 :UInt64;
  # Gauge.
  historyRows @13 :UInt64;
  # Gauge: closed minutes and windows not yet written to the store.
  historyLost @14 :UInt64;
  # Those for which there was no place.
  lastFlushNs @15 :UInt64;
  # Gauge: how long the store took for the last batch.
  writeBehindLagNs @16 :UInt64;
  # Gauge: since when something waits to be written.
  journalBytes @17 :UInt64;
  # Gauge: in files that are not yet given back.
  journalBytesWritten @18 :UInt64;
  journalCommits @19 :UInt64;
  journalSyncs @20 :UInt64;
  journalLastSyncNs @21 :UInt64;
  # Gauge: how long the last one took.
  journalFailures @22 :UInt64;
  # Commits and preparations of files that failed.
  throttled @23 :UInt64;
}

struct BusyTenant {
  id @0 :TenantId;
  checksPerSecond @1 :UInt64;
  denied @2 :UInt64;
  # A second, those that were throttled among them.
}

struct Branding {
  # Empty where nothing is said.

  logoUrl @0 :Text;
  # URLs here are https, without a user, up to 2048 bytes.
  faviconUrl @1 :Text;
  primaryColour @2 :Text;
  # #rrggbb
  secondaryColour @3 :Text;
}

enum Theme {
  system @0;
  light @1;
  dark @2;
}

enum SsoProtocol {
  none @0;
  saml @1;
  oidc @2;
}

struct Sso {
  protocol @0 :SsoProtocol;
  url @1 :Text;
  # Of the metadata (SAML) or the issuer (OIDC).
  clientId @2 :Text;
  # Only of OIDC.
}

struct Webhook {
  url @0 :Text;
  # Each once.
  events @1 :List(Text);
  # 1 to 32 of [a-z][a-z0-9_.]{0,62}, or *.
  secret @2 :Text;
  # 16 to 128 visible characters. Never in an answer; a change without one keeps that of the same URL.
  enabled @3 :Bool = true;
}

struct EmailTemplate {
  name @0 :Text;
  # [a-z][a-z0-9_.]{0,62}, each once.
  subject @1 :Text;
  body @2 :Text;
  # Up to 16384 bytes, of several lines.
}

struct Domain {
  host @0 :Text;
  token @1 :Text;
  # What has to stand in the TXT record `_sluice.<host>`.
  verifiedAtNs @2 :Int64;
  isVerified @3 :Bool;
}

struct Customisation {
  branding @0 :Branding;
  theme @1 :Theme;
  css @2 :Text;
  # Up to 16384 bytes of what changes nothing but looks.
  sso @3 :Sso;
  webhooks @4 :List(Webhook);
  # At most 10.
  emails @5 :List(EmailTemplate);
  # At most 20.
  whiteLabel @6 :Bool;
  version @7 :UInt64;
  # Grows by one with each change of the above; 0 if nothing was ever set.
  domains @8 :List(Domain);
  # By host, at most 10. Changed by their own methods only.
}

enum CustomisationPart {
  branding @0;
  theme @1;
  css @2;
  sso @3;
  webhooks @4;
  emails @5;
  whiteLabel @6;
}

interface Operator {
  # For whoever runs the platform. Every change is in the store before it is answered.

  createTenant @0 (draft :TenantDraft) -> (answer :Answer(Tenant));
  showTenant @1 (tenant :TenantRef) -> (answer :Answer(Tenant));
  listTenants @2 (tier :Text, text :Text, after :TenantId, pageSize :UInt32 = 50,
                  hasStatus :Bool, status :TenantStatus, region :Text)
      -> (answer :Answer(TenantPage));
  # In the order of ids, from above `after` (all zero: from the start). `text` is looked for in name
  # and slug. `pageSize` 1 to 1000. With `hasStatus`, only those of that status.
  editTenant @3 (tenant :TenantRef, version :UInt64, edit :TenantDraft) -> (answer :Answer(Tenant));
  # Changes the fields of `edit` that are not empty; its id, limits and trial must be. `version` 0
  # takes any.
  purgeTenant @4 (tenant :TenantRef) -> (answer :Answer(Tenant));
  # Removes a deactivated tenant with all that it has used; its slug is free again. Answers with what
  # was removed. A tenant that is not deactivated is a `conflict`.

  putLimit @5 (tenant :TenantRef, version :UInt64, limit :Limit) -> (answer :Answer(Tenant));
  # Sets the limit of that name, or adds it. A limit that keeps its meter, kind and period keeps its
  # usage. Takes effect on the next check.
  removeLimit @6 (tenant :TenantRef, version :UInt64, name :Text) -> (answer :Answer(Tenant));
  putOverride @15 (tenant :TenantRef, version :UInt64, limit :Text, override :Override)
      -> (answer :Answer(Tenant));
  # Lets something else hold instead of the rule of the limit of that name. A limit has one override.
  removeOverride @16 (tenant :TenantRef, version :UInt64, limit :Text) -> (answer :Answer(Tenant));

  usage @7 (tenant :TenantRef) -> (answer :Answer(Usage));

  defineMeter @8 (name :Text, unit :Text) -> (answer :Answer(Meter));

  status @9 () -> (status :Status);

  advanceClock @10 (byNs :UInt64) -> (answer :Answer(ClockReading));
  # Simulated time only: both clocks go on by so much.
  setWallClock @11 (toNs :Int64) -> (answer :Answer(ClockReading));
  # Simulated time only: steps the wall clock, either way; monotonic time stands still.

  history @12 (tenant :TenantRef, meter :UInt16, granularity :Granularity, fromNs :Int64,
               toNs :Int64 = 9223372036854775807, pointsMax :UInt32 = 1000)
      -> (answer :Answer(UsageHistory));
  # Of one meter, or of all (0): what starts at `fromNs` or later, and before `toNs`. `pointsMax` 1 to
  # 10000: the earliest ones. What is not yet in the store is not told.
  closedWindows @13 (tenant :TenantRef) -> (answer :Answer(ClosedWindows));
  # At most the latest 10000.

  resets @14 (tenant :TenantRef, limit :Text, count :UInt32 = 5) -> (answer :Answer(Resets));
  # The next instants at which the window of that name starts again, by the tenant's calendar as it
  # is now. `count` 1 to 100. A rate and a sliding window have none.

  giveCredit @17 (tenant :TenantRef, limit :Text, idHigh :UInt64, idLow :UInt64, grant :GrantTerms)
      -> (answer :Answer(CreditReport));
  # Gives a grant to the limit of that name, which must be of credit. The id is chosen by the caller
  # like that of a reservation, so the call may be repeated: a grant is given once, and other terms
  # under its id are a `conflict`. A tenant has at most 100 grants; those that have ended make room.
  voidCredit @18 (tenant :TenantRef, idHigh :UInt64, idLow :UInt64)
      -> (answer :Answer(CreditReport));
  # Takes away what is left of a grant.
  resetCredit @19 (tenant :TenantRef, limit :Text, keepsOverage :Bool)
      -> (answer :Answer(CreditReport));
  # Starts the period of the limit of that name again, as its end would: grants roll over, and usage
  # counts from zero. What is owed is forgotten, unless `keepsOverage`.

  explain @20 (tenant :TenantRef, decision :UInt64, countMax :UInt32 = 20)
      -> (answer :Answer(Explanations));
  # Why this decision (`DecisionNotes.decision`) was made so, or `notFound` if it is not known, or not
  # any more; 0: the latest that are known, at most `countMax`, 1 to 100. They are kept in memory, a few
  # hundred for all tenants that share a place, and not over a restart.

  whatIf @21 (limit :Limit, tenant :TenantRef, tier :Text, granularity :Granularity, fromNs :Int64,
              toNs :Int64, after :TenantId, pageSize :UInt32 = 100) -> (answer :Answer(WhatIfPage));
  # What the limit would have refused of the usage that starts at `fromNs` or later, and before
  # `toNs`: of one tenant, or (null) of all, or of those of a tier, in the order of ids from above
  # `after`. Has rows for tenants of which something would have been refused, and for a tenant that
  # was asked for in any case. `pageSize` 1 to 1000 tenants are looked at; a page may end earlier.
  # At most 44640 buckets, and none longer than the limit's window. Changes nothing.

  changeLife @22 (tenant :TenantRef, version :UInt64, event :LifeEvent)
      -> (answer :Answer(Tenant));
  # Takes effect on the next check.
  stored @23 (tenant :TenantRef, afterHigh :UInt64, afterLow :UInt64)
      -> (answer :Answer(StoredPage));
  # What the store has of what the tenant spent, with entries of ids above the one that is given (both
  # zero: from the start). With the other questions it is all that is kept of a tenant.

  meters @24 () -> (meters :List(Meter));
  # As `Gateway.meters`, for whoever has no gateway.

  createKey @25 (draft :ApiKey) -> (answer :Answer(NewApiKey));
  # Makes an API key. It can have no scope that the caller has not. There are at most 10,000.
  revokeKey @26 (id :Text) -> (answer :Answer(ApiKey));
  # Takes effect before it is answered: connections that entered with the key lose what they have.
  listKeys @27 (after :Text, pageSize :UInt32 = 100) -> (answer :Answer(ApiKeyPage));
  # In the order of ids, from above `after` (empty: from the start). `pageSize` 1 to 1000; a page may
  # end earlier.

  auditTrail @28 (tenant :TenantRef, author :Text, action :Text,
                  fromNs :Int64 = -9223372036854775808, toNs :Int64 = 9223372036854775807,
                  after :UInt64, pageSize :UInt32 = 100) -> (answer :Answer(AuditPage));
  # The events of one tenant's chain, or (null) of the platform's, in their order from above `after`:
  # by an author, whose name or credential is told (empty: all), of an action (empty: all), at `fromNs`
  # or later and before `toNs`. `pageSize` 1 to 500; a page may end earlier. A tenant that was purged
  # is named by its id.
  verifyAudit @29 (tenant :TenantRef) -> (answer :Answer(AuditCheck));
  # Follows the whole chain. Takes a second or so for each hundred thousand events.
  addMember @30 (tenant :TenantRef, userId :Text, email :Text, role :Text, invite :Bool)
      -> (answer :Answer(Member));
  # Active at once, or invited until he accepts. Either takes one of the tenant's limits on `users`:
  # `limitExceeded` if they have no place. Nobody gives a role that allows what he has not himself.
  acceptInvitation @31 (tenant :TenantRef, userId :Text) -> (answer :Answer(Member));
  # A member needs no permission to accept his own.
  changeMember @32 (tenant :TenantRef, userId :Text, change :MemberChange)
      -> (answer :Answer(Member));
  removeMember @33 (tenant :TenantRef, userId :Text) -> (answer :Answer(Member));
  # Answers with what he was. The last active owner of a tenant can be neither removed, suspended nor
  # given another role: that is a `conflict`.
  transferOwnership @34 (tenant :TenantRef, from :Text, to :Text) -> (answer :Answer(Member));
  # `to`, an active member, becomes an owner, and `from`, an active owner, an admin, in one step.
  # Answers with the new owner.
  listMembers @35 (tenant :TenantRef, after :Text, pageSize :UInt32 = 50, text :Text,
                   hasStatus :Bool, status :MemberStatus) -> (answer :Answer(MemberPage));
  # From above the user id `after` (empty: from the start). `text` is looked for in user ids and
  # emails. `pageSize` 1 to 1000.
  putRole @36 (tenant :TenantRef, role :Role) -> (answer :Answer(Roles));
  # Makes a role of the tenant's own, at most 32, or changes what those who have it may do. Answers
  # with all of them, as the next two do.
  removeRole @37 (tenant :TenantRef, name :Text) -> (answer :Answer(Roles));
  # `conflict` while a member has it.
  listRoles @38 (tenant :TenantRef) -> (answer :Answer(Roles));
  tenantsOf @39 (userId :Text, after :TenantId, pageSize :UInt32 = 50)
      -> (answer :Answer(TenantsOfPage));
  # Of which tenants somebody is a member, in the order of their ids from above `after`. `pageSize` 1
  # to 1000.
  listTiers @40 () -> (answer :Answer(TierList));
  putTier @41 (tier :Tier, version :UInt64) -> (answer :Answer(Tier));
  # Adds the tier, or replaces the one of its name if that is of this version; 0 takes any. Its tenants
  # stay as they are until `applyTier`.
  removeTier @42 (name :Text) -> (answer :Answer(Tier));
  # A `conflict` while there are tenants of it.
  changeTier @43 (tenant :TenantRef, version :UInt64, tier :Text, atPeriodEnd :Bool, move :TierMove)
      -> (answer :Answer(TierChanged));
  # Moves the tenant to a tier of the catalogue, now or when its month ends, and drops a change that
  # was to come. Usage stays, and so do limits of its own, overrides and its own feature values. To a
  # higher rank, a trial that still runs is converted; a tenant that is suspended stays so.
  applyTier @44 (tier :Text, after :TenantId, pageSize :UInt32 = 100)
      -> (answer :Answer(TierApplied));
  # Gives tenants of the tier what it has now, in the order of ids from above `after`. `pageSize` 1 to
  # 100.
  setFeature @45 (tenant :TenantRef, version :UInt64, feature :Feature) -> (answer :Answer(Tenant));
  clearFeature @46 (tenant :TenantRef, version :UInt64, name :Text) -> (answer :Answer(Tenant));
  # The tier's value counts again.
  features @47 (tenant :TenantRef) -> (answer :Answer(TenantFeatures));
  showCustomisation @48 (tenant :TenantRef) -> (answer :Answer(Customisation));
  putCustomisation @49 (tenant :TenantRef, version :UInt64, custom :Customisation,
      parts :List(CustomisationPart)) -> (answer :Answer(Customisation));
  # Replaces these parts, each as a whole, if the customisation is of this version; 0 takes any. What a
  # tenant lacks the feature for it may only take back: `custom_branding` for branding, theme, CSS and
  # mail, `sso`, `webhooks`, `white_label`; `permissionDenied` names it and the tiers that have it.
  addDomain @50 (tenant :TenantRef, host :Text) -> (answer :Answer(Customisation));
  # Needs the feature `custom_domain`. Until it is verified it is reserved, and leads nowhere.
  verifyDomain @51 (tenant :TenantRef, host :Text, found :Text) -> (answer :Answer(Customisation));
  # `found` is what the caller, whom the platform trusts, has read in the TXT record: the server asks no
  # DNS. It must be the domain's token.
  removeDomain @52 (tenant :TenantRef, host :Text) -> (answer :Answer(Customisation));
}
