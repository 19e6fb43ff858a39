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
  # Null for who is no operator.
  tenantAdmin @6 :TenantAdmin;
  # Null for a gateway's credential. An operator's is his `operator`.
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

  resolveResource @3 (type :ResourceType, id :Text) -> (answer :Answer(SharingUuid));
  # The policy that shares it, which checks name, from memory; `notFound` if nobody does. It stays the
  # same until the policy is deleted, so ask once, and again when a check is told `noSuchPolicy`. Who
  # knows it may use nothing for that.
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
  # is the least that one of them had to give. Every meter must have one. Under the id of a check that
  # was allowed (`normal`, `bestEffort`, `record`) it gives back what that check took instead, of every
  # limit that counted it, as far as it still counts there: windows that are over keep it, and a rate
  # gets what has not flowed back by itself. Then it has no charges, or those that were taken. Once:
  # asked again, it says again what was given back. `noSuchHold` if it has no charges and nothing is
  # remembered under the id; `conflict` for an id of anything else.
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
  # Further charges, at most `chargesPerCheckMax` with the first. An amount of 0 only asks. `extend`,
  # `commit` and a `release` with an id may have no charges at all, and `cancel` has none: then `meter`
  # and `amount` are 0, and `more` is null.
  particulars @6 :Particulars;
  # What few checks have; null if there is nothing in it.
}

struct Particulars {
  # The id names what is done once, however often it is asked: a reservation, a lease, or a check of
  # any mode but `peek`. The same request under the same id is answered as the first time; another one
  # is a `conflict`, but for a `release` of what a check took. What was allowed, denied or throttled is remembered for 24 hours, of each tenant
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
  policyHigh @6 :UInt64;
  policyLow @7 :UInt64;
  # The policy of the resource of another tenant that is used, by `Gateway.resolveResource`; both zero if
  # none is. The tenant must hold a grant of it whose conditions hold (of a public one the first use makes
  # a grant), and the use is metered under it; what sharing refuses is `accessDenied`, with
  # `DecisionNotes.sharing`, and charges nothing. Such a check may do without charges: then `meter` and
  # `amount` are 0, and `more` is null. Only of `normal`, `peek`, `bestEffort`, `record` and `reserve`;
  # what goes on with a reservation goes by the resource that it was made with, and slices of a lease are
  # spent where nobody decides uses.
  permission @8 :SharePermission;
  # What is done with the resource. `read`, which is 0, without a policy.
  peer @9 :Data;
  # From where the resource is used: 4 bytes of an IPv4 address or 16 of an IPv6 one, most significant
  # first; empty if that is not known, which conditions on it refuse. Only with a policy.
}

enum SharePermission {
  read @0;
  execute @1;
  modify @2;
  share @3;
  remove @4;
  admin @5;
}

enum ShareVerdict {
  # What sharing says of a check that names a policy. All but the first two refuse it.

  none @0;
  # It names none, or was refused before anybody looked at it.
  admitted @1;
  noSuchPolicy @2;
  # Nobody shares it, or not any more: ask `resolveResource` again.
  policyExpired @3;
  blocked @4;
  # The tenant is on the owner's block list.
  noGrant @5;
  grantExpired @6;
  permission @7;
  # The grant does not cover it.
  tierMinimum @8;
  # This and the next seven: a condition of the policy does not hold.
  tierExact @9;
  region @10;
  compliance @11;
  costLimit @12;
  usageLimit @13;
  timeWindow @14;
  ipAllowlist @15;
  firstUse @16;
  # Never told: it is granted, or refused as `noGrant`.
  ownerInactive @17;
  # The owner is suspended, deactivated, or at the end of its trial.
  madePrivate @18;
  # The tenant has a grant, but the owner shares it with nobody for now.
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
  # The credential does not cover the tenant, and nothing is told; or sharing refused the use of a
  # resource, and `DecisionNotes.sharing` says why. Nothing was charged.
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
  sharing @9 :ShareVerdict;
  useCostMicros @10 :UInt64;
  # What this use adds to what its grant costs in the billing period, in millionths of the policy's
  # currency; of a reservation, if it settles at what is held. All uses of a period add up to what the
  # period costs, which is rounded once. 2^63-1 if it is more.
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
  sharing @5 :ShareVerdict;
  # On the policy that it named. What sharing refuses meets no limit, unless it asked to be explained.
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
  quotaExceeded @11;
  # A limit of the tenant itself has no room: it has to use less, or needs a larger one.
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
  # "trial_expired", "payment_failed", "restored", or what an operator said.
  deactivatedAtNs @5 :Int64 = 9223372036854775807;
  purgeAtNs @6 :Int64 = 9223372036854775807;
  unpaid @7 :List(UnpaidPayment);
  # At most 16, in the order in which they suspend the tenant. It spends no longer than until the first.
}

struct UnpaidPayment {
  # A payment that failed, and that the tenant has time for.
  reference @0 :Text;
  suspendsAtNs @1 :Int64;
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
    # A suspended tenant is active again, or on trial while that still runs, whatever was unpaid.
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
  placement @16 :Placement;
  # Where its rows are.
  compliance @17 :List(Text);
  # What it complies with, as policies of sharing ask: at most 16 labels [a-z0-9_-]{1,32}.
  settings @18 :Text;
  # A JSON object of at most 2048 bytes, in which nothing means anything to Sluice.
}

enum Isolation {
  shared @0;
  # Its rows stand in the same tables as those of others.
  dedicatedSchema @1;
  # In tables of their own, in the same database.
  dedicatedInstance @2;
  # In another database.
}

struct Placement {
  isolation @0 :Isolation;
  instance @1 :Text;
  # Of a dedicated instance: which one, by the name that the server's configuration has for it.
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
  placement @13 :Placement;
  # Where its rows are to be; elsewhere than among others only with the feature `dedicated_schema`. An
  # edit has none: see moveTenant.
  compliance @14 :List(Text);
  # Labels, as of a tenant. In an edit all of them; null leaves them as they were.
  settings @15 :Text;
  # As of a tenant. Default: "{}". In an edit all of them; if empty, they stay as they were.
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
  # Percent of the size, ascending, at most 8; reported once a window each. Of what is in flight, and
  # of what grants gave and is burnt, once until it is less again. Not of rates.
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
  historyBy @19 :List(Text);
  # Labels: the history of the limit's meter is kept for each of their values, too. At most 4 of a
  # tenant, counting one of each meter.
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
  refill @3 :Refill;
}

enum Refill {
  greedy @0;
  # Evenly, as time passes.
  interval @1;
  # All of `amount` at once, at each multiple of `perNs` since 1970.
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
  leased @9 :UInt64;
  # Out on leases: a part of `held`, or of a rate of what is used. So much at the most is refused
  # here while nobody has spent it. Of a limit by labels, of all its counters.
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
  priceMicros @7 :UInt64;
  # What these cost, in millionths of the tenant's currency: by as much the price of their windows,
  # rounded up once for each, grew with them. Of all tenants together 0: their currencies differ.
  part @8 :UsagePart;
  # Null: of all requests.
}

struct UsagePart {
  # Of which requests something is told.

  label @0 :Text;
  value @1 :Text;
  # Empty where the label is missing.
  others @2 :Bool;
  # Of all values that are not told apart: the first 32 of a day are.
}

struct UsageHistory {
  points @0 :List(UsagePoint);
  # Ordered by start, then by meter, then by value. Those in which nothing happened are left out.
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

enum ForecastBasis {
  # What a forecast rests on.

  nothing @0;
  # There is no forecast: nothing can run out, or nothing is known yet.
  hours @1;
  # What was used of the meter in the hours of the last 7 days, the later days counting more.
  minutes @2;
  # The same of the last hour, for windows that end soon.
  window @3;
  # What was used of the limit itself since its window began: for limits that not every use of their
  # meter counts in, and where there is no history.
}

struct LimitForecast {
  # When a limit is used up, if use goes on at its present pace.

  limit @0 :UInt32;
  name @1 :Text;
  meter @2 :UInt16;
  size @3 :UInt64;
  # As it is in force; of credit what is used and what is left. 2^63-1 if it is unlimited.
  used @4 :UInt64;
  untilNs @5 :Int64 = 9223372036854775807;
  # When its window ends; 2^63-1 if never.
  basis @6 :ForecastBasis;
  pacePerHour @7 :UInt64;
  # Units, rounded up.
  lastDay @8 :UInt64;
  dayBefore @9 :UInt64;
  # What was used of the meter within the last 24 hours and the one that runs, and in the 24 before:
  # whether it grows.
  projected @10 :UInt64;
  # What will be used at `untilNs`, also above the size; with no end, in 30 days. Of no meaning without a
  # basis, as is what follows.
  projectedAtNs @11 :Int64;
  exhaustedAtNs @12 :Int64;
  # 0: not before `untilNs`. Not later than 2^63-2; the present if nothing is left.
  buckets @13 :UInt32;
  # With anything in them, that the pace rests on.
  hoursSeen @14 :UInt32;
  # From the first of them to now, at most 168: the more, the surer. Rounded up.
}

struct Forecast {
  limits @0 :List(LimitForecast);
  # In the order of the tenant's limits. Those with labels have no forecast: each combination of them
  # is used by itself.
  nowNs @1 :Int64;
}

enum TopBy {
  # What tenants are ranked by: an amount of one meter, or a number of checks.

  used @0;
  allowed @1;
  denied @2;
  throttled @3;
  overage @4;
}

struct TopTenant {
  id @0 :TenantId;
  slug @1 :Text;
  name @2 :Text;
  tier @3 :Text;
  sum @4 :UInt64;
  # Of what they are ranked by.
  used @5 :UInt64;
  allowed @6 :UInt64;
  denied @7 :UInt64;
  throttled @8 :UInt64;
  overage @9 :UInt64;
}

struct TopTenants {
  tenants @0 :List(TopTenant);
  # The greatest sum first, equal ones by id. Those with nothing are left out.
  fromNs @1 :Int64;
  toNs @2 :Int64;
  # As they were asked for, or by default.
}

struct UnusualHour {
  startNs @0 :Int64;
  used @1 :UInt64;
  expected @2 :UInt64;
  # The median of the same hour of earlier weeks.
  spread @3 :UInt64;
  # The median of how far each of them is from `expected`.
  lowest @4 :UInt64;
  highest @5 :UInt64;
  # From `lowest` to `highest` nothing is unusual.
  weeks @6 :UInt8;
  # How many earlier weeks it is compared with: 3 to 8.
}

struct UnusualMeter {
  meter @0 :UInt16;
  hoursJudged @1 :UInt32;
  # Of the last 24: those with enough earlier weeks to compare with.
  hours @2 :List(UnusualHour);
  # Those that are unusual, the latest first.
}

struct UnusualUsage {
  meters @0 :List(UnusualMeter);
  # In the order of their ids. Those that were not used within the last 8 weeks are left out.
  fromNs @1 :Int64;
  toNs @2 :Int64;
  # The hours that were looked at: the last 24 that are over.
}

struct MeterStatistics {
  # Of one meter within a range of time.

  meter @0 :UInt16;
  buckets @1 :UInt64;
  # With anything in them.
  used @2 :UInt64;
  allowed @3 :UInt64;
  denied @4 :UInt64;
  throttled @5 :UInt64;
  overage @6 :UInt64;
  deniedPpm @7 :UInt32;
  # Of a million checks, how many were denied or throttled.
  peakUsed @8 :UInt64;
  peakStartNs @9 :Int64;
  # The bucket with the most used, the first of several.
  priceMicros @10 :UInt64;
  # Of a tenant, as in `UsagePoint`.
  part @11 :UsagePart;
  # Null: of all requests.
}

struct UsageStatistics {
  meters @0 :List(MeterStatistics);
  # In the order of their ids, of one by value.
  points @1 :List(UsagePoint);
  # Sums of all tenants, ordered by start, then by meter; only of the platform's statistics.
  complete @2 :Bool = true;
  # False: there are more points than were asked for, so the latest are missing here. The
  # statistics are of all.
  fromNs @3 :Int64;
  toNs @4 :Int64;
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

struct LabelCounter {
  # The counter of a limit for some values of its labels, at one instant.

  idHigh @0 :UInt64;
  idLow @1 :UInt64;
  # The server's own; the same for as long as the counter is kept.
  limit @2 :Text;
  # Its name.
  meter @3 :UInt16;
  unlimited @4 :Bool;
  # The limit has no size: `size` and `remaining` say nothing.
  idle @5 :Bool;
  # It is as good as new, and makes room when others need its place.
  labels @6 :List(Label);
  # In the order of the limit's `per`. A value is empty where requests do without the label.
  size @7 :UInt64;
  used @8 :UInt64;
  held @9 :UInt64;
  remaining @10 :UInt64;
  resetsAtNs @11 :Int64;
}

struct LabelCounterPage {
  counters @0 :List(LabelCounter);
  # In the order of ids.
  more @1 :Bool;
  nowNs @2 :Int64;
}

enum HoldKind {
  reservation @0;
  lease @1;
}

struct OpenHold {
  # A reservation or a lease that nobody has ended, and time has not.

  idHigh @0 :UInt64;
  idLow @1 :UInt64;
  # `Particulars.id` of the request that made it.
  kind @2 :HoldKind;
  madeAtNs @3 :Int64;
  expiresAtNs @4 :Int64;
  charges @5 :List(HeldCharge);
  labels @6 :List(Label);
  # Of the request that made it.
  policy @7 :SharingUuid;
  # Of the resource that it uses; nil if it uses none.
}

struct HeldCharge {
  meter @0 :UInt16;
  held @1 :UInt64;
  # Of a lease, what is out.
  used @2 :UInt64;
  # As far as was reported.
}

struct OpenHoldPage {
  holds @0 :List(OpenHold);
  # In the order of ids.
  more @1 :Bool;
  nowNs @2 :Int64;
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

struct Alert {
  # Something that somebody has to hear of, once for each condition.

  number @0 :UInt64;
  # Later ones have higher ones; from 1, with gaps.
  id @1 :Text;
  # A UUID, made of the condition. Webhooks are told the same.
  tenant @2 :TenantId;
  # Both words zero: the platform's.
  kind @3 :Text;
  # Such as "quota.threshold"; docs/alerts.md has all of them.
  atNs @4 :Int64;
  data @5 :Text;
  # A JSON object, by its kind.
  pending @6 :UInt32;
  delivered @7 :UInt32;
  dead @8 :UInt32;
  # Its deliveries in each state.
}

struct AlertPage {
  alerts @0 :List(Alert);
  more @1 :Bool;
}

struct AlertDelivery {
  # Of one alert to one webhook.

  number @0 :UInt64;
  # Of the alert, as are the next four.
  alert @1 :Text;
  tenant @2 :TenantId;
  kind @3 :Text;
  atNs @4 :Int64;
  owner @5 :Text;
  # "tenant", or "platform" for webhooks of the server's configuration.
  url @6 :Text;
  # Empty for one of the platform's, where a tenant is asked about.
  state @7 :Text;
  # "pending", "delivered" or "dead".
  attempts @8 :UInt32;
  nextNs @9 :Int64;
  # While it is pending: it is not tried before. Afterwards when it was settled.
  trouble @10 :Text;
  # Why the last attempt failed.
}

struct AlertDeliveryPage {
  deliveries @0 :List(AlertDelivery);
  more @1 :Bool;
}

struct AlertRaised {
  id @0 :Text;
}

struct AlertSentAgain {
  deliveries @0 :UInt32;
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
  replayNs @10 :UInt64;
  # How long the start took to read what earlier runs had journalled.
  loadNs @11 :UInt64;
  # And the rest of it, before the first check.
  leaseNs @12 :UInt64;
  # With `hasLease`: what is left of it right after a renewal.
}

struct ReactorStatus {
  # Totals since the start, but for the gauges, which say so.
  allowed @0 :UInt64;
  denied @1 :UInt64;
  unknownTenant @2 :UInt64;
  otherOutcomes @3 :UInt64;
  # The sum of those from `noSuchMeter` on.
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
  refusedTenants @24 :UInt64;
  # Gauge: of the dirty ones, those whose state the store refuses.
  noSuchMeter @25 :UInt64;
  unavailable @26 :UInt64;
  invalid @27 :UInt64;
  conflict @28 :UInt64;
  noSuchHold @29 :UInt64;
  holdExpired @30 :UInt64;
  suspended @31 :UInt64;
  deactivated @32 :UInt64;
  accessDenied @33 :UInt64;
  journalUnwritable @34 :Bool;
  # Gauge: what is charged cannot be made safe now, and so nothing is.
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
  # 1 to 32 names of events (see docs/alerts.md), or *
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
  addedAtNs @4 :Int64;
  # One that nobody verifies is removed after seven days.
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

struct SharingUuid {
  # Of a policy, or of a request and the grant that comes of it. All zero: none.

  high @0 :UInt64;
  low @1 :UInt64;
}

enum ResourceType {
  service @0;
  model @1;
  dataset @2;
  api @3;
  workflow @4;
  custom @5;
}

enum Visibility {
  owner @0;
  # "private": nobody else sees it.
  allowed @1;
  # "tenant": the tenants on the allow list.
  marketplace @2;
  # Every active tenant, by request.
  everyone @3;
  # "public": every active tenant; its first use grants.
}

enum ConditionKind {
  tierMinimum @0;
  tierExact @1;
  region @2;
  compliance @3;
  costLimit @4;
  usageLimit @5;
  timeWindow @6;
  ipAllowlist @7;
}

enum ConditionOperator {
  eq @0;
  ne @1;
  gt @2;
  gte @3;
  lt @4;
  lte @5;
  in @6;
  nin @7;
}

struct SharingCondition {
  kind @0 :ConditionKind;
  operator @1 :ConditionOperator;
  values @2 :List(Text);
  # One; with `in` and `nin` up to 64. Up to 64 bytes each.
}

enum PricingKind {
  free @0;
  fixed @1;
  # For each period in which a grant stood.
  usageBased @2;
  # For every `per` units of a period.
  tiered @3;
  # Each unit at the price of the band that it falls into.
}

enum BillingPeriod {
  day @0;
  week @1;
  # From Monday.
  month @2;
}

struct PriceBand {
  upTo @0 :UInt64;
  # 0, and only of the last: all further units.
  priceMicros @1 :UInt64;
  # For every `per` units.
}

struct Pricing {
  kind @0 :PricingKind;
  currency @1 :Text;
  # ISO 4217. Default: "USD".
  period @2 :BillingPeriod = month;
  # Of UTC.
  meter @3 :UInt16;
  # Units are what is charged on this meter; 0: each use is one.
  priceMicros @4 :UInt64;
  per @5 :UInt64 = 1;
  bands @6 :List(PriceBand);
  # Of `tiered`, ascending, at most 16.
}

enum PayoutSchedule {
  daily @0;
  weekly @1;
  monthly @2;
}

struct RevenueShare {
  ownerBasisPoints @0 :UInt16 = 10000;
  # Of 10,000; the platform has the rest.
  minimumPayoutMicros @1 :UInt64;
  schedule @2 :PayoutSchedule = monthly;
}

struct SharingPolicy {
  # One resource of a tenant, and to whom and on what terms it is shared.

  id @0 :SharingUuid;
  owner @1 :TenantId;
  # In a call, none or the tenant that the call names: a policy cannot change hands.
  resourceType @2 :ResourceType;
  resourceId @3 :Text;
  # [A-Za-z0-9][A-Za-z0-9._:/@-]{0,199}; with the type, unique in the system. Cannot be changed.
  title @4 :Text;
  # For people: up to 200 characters.
  visibility @5 :Visibility;
  permissions @6 :UInt8;
  # The most that a grant may have, a bit each: read 1, execute 2, modify 4, share 8, delete 16,
  # admin 32, which stands for all.
  allow @7 :List(TenantId);
  block @8 :List(TenantId);
  # Wins over everything. At most 1000 tenants on each; told to the owner only.
  conditions @9 :List(SharingCondition);
  # At most 16; all must hold, at each use.
  pricing @10 :Pricing;
  revenue @11 :RevenueShare;
  # In a call, null leaves it as it is; to set it takes `billing:write`. Told to the owner only.
  requiresApproval @12 :Bool = true;
  # Otherwise a request that may be made is approved at once.
  maxConsumers @13 :UInt32;
  # Grants that stand at a time, 1 to 100,000; 0: any number.
  hasExpiry @14 :Bool;
  expiresAtNs @15 :Int64;
  # From then on it gives nothing, and its grants end.
  createdAtNs @16 :Int64;
  updatedAtNs @17 :Int64;
  version @18 :UInt64;
  # Grows by one with each change.
}

struct SharingPolicyPage {
  policies @0 :List(SharingPolicy);
  # In the order of their ids.
  more @1 :Bool;
}

enum SharingState {
  pending @0;
  approved @1;
  # Its grant stands.
  rejected @2;
  withdrawn @3;
  revoked @4;
  expired @5;
}

struct SharingRequest {
  # A tenant's wish to use what another shares, and what became of it.

  id @0 :SharingUuid;
  policy @1 :SharingUuid;
  owner @2 :TenantId;
  consumer @3 :TenantId;
  permissions @4 :UInt8;
  # As of a policy.
  message @5 :Text;
  # Of who asked: up to 500 characters.
  reason @6 :Text;
  # Of who decided: up to 500 characters.
  state @7 :SharingState;
  createdAtNs @8 :Int64;
  hasDecided @9 :Bool;
  decidedAtNs @10 :Int64;
  hasEnded @11 :Bool;
  endedAtNs @12 :Int64;
  hasExpiry @13 :Bool;
  expiresAtNs @14 :Int64;
}

struct SharingRequestPage {
  requests @0 :List(SharingRequest);
  # In the order of their ids.
  more @1 :Bool;
}

enum SharingSide {
  owner @0;
  consumer @1;
}

enum ListingState {
  # draft -> published -> unpublished, and from there published again.

  draft @0;
  published @1;
  unpublished @2;
}

struct ListingText {
  title @0 :Text;
  # 1 to 200 characters.
  description @1 :Text;
  # Up to 10000 bytes, of several lines.
  category @2 :Text;
  # [a-z][a-z0-9_-]{0,62}
  tags @3 :List(Text);
  # At most 20 of [a-z0-9][a-z0-9_-]{0,31}, ascending, each once.
  images @4 :List(Text);
  # At most 10 https URLs, up to 2048 bytes each.
}

struct Listing {
  # What the marketplace tells of a policy.

  id @0 :Text;
  # Ids of listings, policies and ratings are texts, as UUIDs are written.
  policy @1 :Text;
  owner @2 :TenantId;
  text @3 :ListingText;
  state @4 :ListingState;
  featured @5 :Bool;
  ratingHundredths @6 :UInt32;
  # The average, in hundredths of a star; 0 without a rating.
  stars @7 :UInt64;
  # Of all ratings together.
  ratings @8 :UInt64;
  reviews @9 :UInt64;
  # Ratings with a text.
  installs @10 :UInt64;
  # Tenants that were ever granted access, each once.
  createdAtNs @11 :Int64;
  updatedAtNs @12 :Int64;
  hasPublishedAt @13 :Bool;
  publishedAtNs @14 :Int64;
  # The last time.
  version @15 :UInt64;
  resource @16 :Text;
  # Of its policy, such as model/gpt-x, as are the next three.
  visibility @17 :Text;
  pricing @18 :Text;
  # free, fixed, usage_based or tiered.
  hasExpiresAt @19 :Bool;
  expiresAtNs @20 :Int64;
}

enum ListingAction {
  publish @0;
  # Whose policy is live, and marketplace or public.
  unpublish @1;
}

enum ListingSort {
  # By falling keys; what is alike, the one that was added last first.

  popularity @0;
  # Installs, then the average rating.
  rating @1;
  # The average, then how many.
  newest @2;
  # When it was published last.
  relevance @3;
  # Where the words of the text are found; needs a text.
}

struct ListingSearch {
  # Empty texts match all.

  text @0 :Text;
  # Up to 8 words, all of which must be found, whole, in title, category, tags or description.
  category @1 :Text;
  tag @2 :Text;
  owner @3 :TenantId;
  # Zero: all.
  featured @4 :Bool;
  # Only those.
  pricing @5 :Text;
  # As in a listing.
  sort @6 :ListingSort;
  after @7 :Text;
  # `next` of the page before, which is good for the same sort only.
  pageSize @8 :UInt32 = 20;
  # 1 to 100.
  own @9 :Bool;
  # Instead of what is published: what is the tenant's own, in every state.
  policy @10 :Text;
  # Its listing alone.
}

struct ListingPage {
  listings @0 :List(Listing);
  next @1 :Text;
  # Empty if there are no more.
}

struct Rating {
  id @0 :Text;
  listing @1 :Text;
  consumer @2 :TenantId;
  # Told to the listing's owner and to the consumer itself; zero to others.
  stars @3 :UInt8;
  # 1 to 5.
  review @4 :Text;
  # Up to 2000 bytes, of several lines; may be empty.
  createdAtNs @5 :Int64;
  updatedAtNs @6 :Int64;
}

struct RatingPage {
  ratings @0 :List(Rating);
  # The one that was given last first.
  more @1 :Bool;
}

struct SharingStatement {
  # What a consumer owes for one grant and one billing period, and how it is divided. Amounts of money
  # are in millionths of the currency.

  grant @0 :SharingUuid;
  policy @1 :SharingUuid;
  owner @2 :TenantId;
  consumer @3 :TenantId;
  resourceType @4 :ResourceType;
  resourceId @5 :Text;
  periodStartNs @6 :Int64;
  periodEndNs @7 :Int64;
  uses @8 :UInt64;
  units @9 :UInt64;
  currency @10 :Text;
  amountMicros @11 :UInt64;
  ownerMicros @12 :UInt64;
  # Rounded down; the platform has the rest.
  platformMicros @13 :UInt64;
  schedule @14 :PayoutSchedule;
  minimumPayoutMicros @15 :UInt64;
  running @16 :Bool;
  # The period is not closed: this is what it is so far.
  closedAtNs @17 :Int64;
}

struct SharingStatementPage {
  statements @0 :List(SharingStatement);
  more @1 :Bool;
  totals @2 :List(SharingTotal);
  # Of the whole answer and not of the page; told with the first page.
}

struct SharingTotal {
  # What statements add up to in one currency.

  currency @0 :Text;
  statements @1 :UInt64;
  uses @2 :UInt64;
  amountMicros @3 :UInt64;
  ownerMicros @4 :UInt64;
  platformMicros @5 :UInt64;
}

struct SharingPayout {
  # What the platform owes the owner of shared resources, from statements that it has not paid before.

  owner @0 :TenantId;
  currency @1 :Text;
  number @2 :UInt32;
  # Of this owner in this currency, from 1 without gaps.
  schedule @3 :PayoutSchedule;
  throughNs @4 :Int64;
  # Of periods that ended by then.
  statements @5 :UInt32;
  amountMicros @6 :UInt64;
  madeAtNs @7 :Int64;
  paid @8 :Bool;
  paidAtNs @9 :Int64;
  reference @10 :Text;
}

struct SharingPayoutPage {
  payouts @0 :List(SharingPayout);
  more @1 :Bool;
}

enum SharingGranularity {
  hour @0;
  day @1;
  period @2;
  # As each policy is billed.
}

struct SharingCount {
  uses @0 :UInt64;
  units @1 :UInt64;
  denied @2 :UInt64;
  amountMicros @3 :UInt64;
  # What consumers pay.
  ownerMicros @4 :UInt64;
  # The owner's part of it.
}

struct SharingPoint {
  startNs @0 :Int64;
  policy @1 :SharingUuid;
  currency @2 :Text;
  resourceType @3 :ResourceType;
  resourceId @4 :Text;
  count @5 :SharingCount;
}

struct SharingTop {
  currency @0 :Text;
  consumer @1 :TenantId;
  # To an owner; to a consumer it is zero.
  policy @2 :SharingUuid;
  # To a consumer, with its resource; to an owner it is zero.
  resourceType @3 :ResourceType;
  resourceId @4 :Text;
  count @5 :SharingCount;
}

struct SharingStatistics {
  points @0 :List(SharingPoint);
  # By start, policy and currency.
  top @1 :List(SharingTop);
  # By currency; of each those first who pay most, then who use most.
  cut @2 :Bool;
  # Something was left out.
}

interface TenantAdmin {
  # For whoever administers tenants: what a role of a member may allow, and no more. What the
  # credential does not allow is answered with the fault `permissionDenied`; whether a tenant exists
  # that it does not cover is not told. Every change is in the store before it is answered.

  showTenant @0 (tenant :TenantRef) -> (answer :Answer(Tenant));
  editTenant @1 (tenant :TenantRef, version :UInt64, edit :TenantDraft) -> (answer :Answer(Tenant));
  # Changes the fields of `edit` that are not empty; its id, limits and trial must be. `version` 0
  # takes any.

  usage @2 (tenant :TenantRef) -> (answer :Answer(Usage));

  history @3 (tenant :TenantRef, meter :UInt16, granularity :Granularity, fromNs :Int64,
              toNs :Int64 = 9223372036854775807, pointsMax :UInt32 = 1000, label :Text,
              value :Text, hasValue :Bool)
      -> (answer :Answer(UsageHistory));
  # Of one meter, or of all (0): what starts at `fromNs` or later, and before `toNs`. `pointsMax` 1 to
  # 10000: the earliest ones. What is not yet in the store is not told. With a `label` it tells its
  # values apart, or, if `hasValue`, of this one alone (`Limit.historyBy`), with "*" those of every
  # label; then `pointsMax` is at most 3500.
  closedWindows @4 (tenant :TenantRef) -> (answer :Answer(ClosedWindows));
  # At most the latest 10000.

  resets @5 (tenant :TenantRef, limit :Text, count :UInt32 = 5) -> (answer :Answer(Resets));
  # The next instants at which the window of that name starts again, by the tenant's calendar as it
  # is now. `count` 1 to 100. A rate and a sliding window have none.

  explain @6 (tenant :TenantRef, decision :UInt64, countMax :UInt32 = 20)
      -> (answer :Answer(Explanations));
  # Why this decision (`DecisionNotes.decision`) was made so, or `notFound` if it is not known, or not
  # any more; 0: the latest that are known, at most `countMax`, 1 to 100. They are kept in memory, a few
  # hundred for all tenants that share a place, and not over a restart.

  whatIf @7 (limit :Limit, tenant :TenantRef, tier :Text, granularity :Granularity, fromNs :Int64,
             toNs :Int64, after :TenantId, pageSize :UInt32 = 100) -> (answer :Answer(WhatIfPage));
  # What the limit would have refused of the usage that starts at `fromNs` or later, and before
  # `toNs`: of one tenant, or (null) of all, or of those of a tier, in the order of ids from above
  # `after`. Has rows for tenants of which something would have been refused, and for a tenant that
  # was asked for in any case. `pageSize` 1 to 1000 tenants are looked at; a page may end earlier.
  # At most 44640 buckets, and none longer than the limit's window. Changes nothing.

  stored @8 (tenant :TenantRef, afterHigh :UInt64, afterLow :UInt64)
      -> (answer :Answer(StoredPage));
  # What the store has of what the tenant spent, with entries of ids above the one that is given (both
  # zero: from the start). With the other questions it is all that is kept of a tenant.

  meters @9 () -> (meters :List(Meter));
  # As `Gateway.meters`, for whoever has no gateway.

  auditTrail @10 (tenant :TenantRef, author :Text, action :Text,
                  fromNs :Int64 = -9223372036854775808, toNs :Int64 = 9223372036854775807,
                  after :UInt64, pageSize :UInt32 = 100) -> (answer :Answer(AuditPage));
  # The events of one tenant's chain, or (null) of the platform's, in their order from above `after`:
  # by an author, whose name or credential is told (empty: all), of an action (empty: all), at `fromNs`
  # or later and before `toNs`. `pageSize` 1 to 500; a page may end earlier. A tenant that was purged
  # is named by its id.
  verifyAudit @11 (tenant :TenantRef) -> (answer :Answer(AuditCheck));
  # Follows the whole chain. Takes a second or so for each hundred thousand events.
  addMember @12 (tenant :TenantRef, userId :Text, email :Text, role :Text, invite :Bool)
      -> (answer :Answer(Member));
  # Active at once, or invited until he accepts. Either takes one of the tenant's limits on `users`:
  # `quotaExceeded` if they have no place. Nobody gives a role that allows what he has not himself.
  acceptInvitation @13 (tenant :TenantRef, userId :Text) -> (answer :Answer(Member));
  # A member needs no permission to accept his own.
  changeMember @14 (tenant :TenantRef, userId :Text, change :MemberChange)
      -> (answer :Answer(Member));
  removeMember @15 (tenant :TenantRef, userId :Text) -> (answer :Answer(Member));
  # Answers with what he was. The last active owner of a tenant can be neither removed, suspended nor
  # given another role: that is a `conflict`.
  transferOwnership @16 (tenant :TenantRef, from :Text, to :Text) -> (answer :Answer(Member));
  # `to`, an active member, becomes an owner, and `from`, an active owner, an admin, in one step.
  # Answers with the new owner.
  listMembers @17 (tenant :TenantRef, after :Text, pageSize :UInt32 = 50, text :Text,
                   hasStatus :Bool, status :MemberStatus) -> (answer :Answer(MemberPage));
  # From above the user id `after` (empty: from the start). `text` is looked for in user ids and
  # emails. `pageSize` 1 to 1000.
  putRole @18 (tenant :TenantRef, role :Role) -> (answer :Answer(Roles));
  # Makes a role of the tenant's own, at most 32, or changes what those who have it may do. Answers
  # with all of them, as the next two do.
  removeRole @19 (tenant :TenantRef, name :Text) -> (answer :Answer(Roles));
  # `conflict` while a member has it.
  listRoles @20 (tenant :TenantRef) -> (answer :Answer(Roles));
  tenantsOf @21 (userId :Text, after :TenantId, pageSize :UInt32 = 50)
      -> (answer :Answer(TenantsOfPage));
  # Of which tenants somebody is a member, in the order of their ids from above `after`. `pageSize` 1
  # to 1000. A member may ask of himself, and is told of the tenants that its credential covers.
  features @22 (tenant :TenantRef) -> (answer :Answer(TenantFeatures));
  showCustomisation @23 (tenant :TenantRef) -> (answer :Answer(Customisation));
  putCustomisation @24 (tenant :TenantRef, version :UInt64, custom :Customisation,
      parts :List(CustomisationPart)) -> (answer :Answer(Customisation));
  # Replaces these parts, each as a whole, if the customisation is of this version; 0 takes any. What a
  # tenant lacks the feature for it may only take back: `custom_branding` for branding, theme, CSS and
  # mail, `sso`, `webhooks`, `white_label`; `permissionDenied` names it and the tiers that have it.
  addDomain @25 (tenant :TenantRef, host :Text) -> (answer :Answer(Customisation));
  # Needs the feature `custom_domain`. Until it is verified it is reserved, and leads nowhere.
  removeDomain @26 (tenant :TenantRef, host :Text) -> (answer :Answer(Customisation));
  listAlerts @27 (tenant :TenantRef, kind :Text, state :Text, before :UInt64, pageSize :UInt32 = 50)
      -> (answer :Answer(AlertPage));
  # The alerts of one tenant, or (null) of all and the platform's, the latest first, below the number
  # `before` (0: from the latest): of a kind (empty: all), with a delivery in a state (empty: any or
  # none). `pageSize` 1 to 200; a page may end earlier.
  alertDeliveries @28 (tenant :TenantRef, alert :Text, state :Text, before :UInt64,
                       pageSize :UInt32 = 50) -> (answer :Answer(AlertDeliveryPage));
  # Their deliveries, of the latest alerts first; of one alert, if its id is given. `before` and
  # `pageSize` count alerts.
  sendAlertAgain @29 (tenant :TenantRef, alert :Text) -> (answer :Answer(AlertSentAgain));
  # Makes what is dead of the alert's deliveries pending, as if it had never been tried. `notFound` if
  # nothing is.
  testWebhook @30 (tenant :TenantRef, url :Text) -> (answer :Answer(AlertRaised));
  # Sends the event `webhook.test` to this webhook of the tenant, whatever it filters. What came of it
  # is told by `alertDeliveries`.
  putPolicy @31 (tenant :TenantRef, version :UInt64, policy :SharingPolicy)
      -> (answer :Answer(SharingPolicy));
  # Shares a resource of this tenant, or, with an id, replaces its policy if that is of this version; 0
  # takes any. Answers once every reactor decides by it. Grants that stand are not taken away by a
  # narrower policy, but give no more than it gives.
  removePolicy @32 (tenant :TenantRef, policy :SharingUuid) -> (answer :Answer(SharingPolicy));
  # Revokes all its grants, rejects its pending requests, and frees the resource; answers once nobody
  # can use it.
  showPolicy @33 (tenant :TenantRef, policy :SharingUuid) -> (answer :Answer(SharingPolicy));
  # One of this tenant, or one that it may ask for, of which it is told less.
  listPolicies @34 (tenant :TenantRef, discover :Bool, hasType :Bool, type :ResourceType,
      after :SharingUuid, pageSize :UInt32 = 50) -> (answer :Answer(SharingPolicyPage));
  # Those of this tenant, or with `discover` those of others that it may ask for.
  requestAccess @35 (tenant :TenantRef, policy :SharingUuid, permissions :UInt8, message :Text,
      peer :Text) -> (answer :Answer(SharingRequest));
  # This tenant asks for access; no permissions stand for all that the policy gives. All conditions of
  # the policy must hold. `peer` is the address that it asks from, where that is not the caller's. Where
  # no approval is needed the request is approved, and the grant in force, before the answer; but not
  # if the last grant was revoked.
  approveAccess @36 (tenant :TenantRef, request :SharingUuid, permissions :UInt8, hasExpiry :Bool,
      expiresAtNs :Int64, reason :Text) -> (answer :Answer(SharingRequest));
  # This tenant, the owner, grants what was asked for, or the part of it that is named. Answers once
  # the grant is in force.
  rejectAccess @37 (tenant :TenantRef, request :SharingUuid, reason :Text)
      -> (answer :Answer(SharingRequest));
  withdrawAccess @38 (tenant :TenantRef, request :SharingUuid) -> (answer :Answer(SharingRequest));
  # This tenant, the consumer, takes back a request that is pending.
  revokeAccess @39 (tenant :TenantRef, request :SharingUuid, reason :Text)
      -> (answer :Answer(SharingRequest));
  # This tenant, the owner, ends a grant; it is of no use any more before the answer.
  listAccess @40 (tenant :TenantRef, side :SharingSide, policy :SharingUuid, hasState :Bool,
      state :SharingState, after :SharingUuid, pageSize :UInt32 = 50)
      -> (answer :Answer(SharingRequestPage));
  # Requests of this tenant for what others share (`consumer`), or of others for what it shares.
  putListing @41 (tenant :TenantRef, listing :Text, version :UInt64, policy :Text, text :ListingText)
      -> (answer :Answer(Listing));
  # Replaces the text of a listing of the tenant, if it is of this version; 0 takes any. Without
  # `listing` it makes a draft, of a policy of the tenant that has none.
  changeListing @42 (tenant :TenantRef, listing :Text, version :UInt64, action :ListingAction)
      -> (answer :Answer(Listing));
  removeListing @43 (tenant :TenantRef, listing :Text, version :UInt64) -> (answer :Answer(Listing));
  # With its ratings. Answers with what it was.
  showListing @44 (tenant :TenantRef, listing :Text) -> (answer :Answer(Listing));
  # To the tenant: one of its own, or one that it would find.
  searchListings @45 (tenant :TenantRef, search :ListingSearch) -> (answer :Answer(ListingPage));
  # In the tenant's name: what is published, under a policy that is live, that the tenant may see and
  # that does not block it, of an owner that is active.
  rateListing @46 (tenant :TenantRef, listing :Text, stars :UInt8, review :Text)
      -> (answer :Answer(Rating));
  # A tenant that was ever granted access rates a published listing, once; asking again changes what it
  # said. Nobody rates what is its own.
  removeRating @47 (tenant :TenantRef, listing :Text) -> (answer :Answer(Rating));
  # The tenant's own. Answers with what it was.
  listRatings @48 (tenant :TenantRef, listing :Text, after :Text, pageSize :UInt32 = 20)
      -> (answer :Answer(RatingPage));
  # Of a listing that `showListing` shows, behind the rating `after`; without a listing those that the
  # tenant gave. `pageSize` 1 to 100.
  sharingStatements @49 (tenant :TenantRef, side :SharingSide, fromNs :Int64,
      toNs :Int64 = 9223372036854775807, policy :SharingUuid, running :Bool, afterStartNs :Int64,
      afterGrant :SharingUuid, pageSize :UInt32 = 50, counterparty :TenantId)
      -> (answer :Answer(SharingStatementPage));
  # What this tenant is owed as the owner, or owes as a consumer: of periods that begin at `fromNs` or
  # later and before `toNs`, in the order of these and of their grants, behind the last one that was
  # told (its `afterGrant` is not zero). `running`: of periods that are not closed what they are so
  # far, in the order of grants. `pageSize` 1 to 1000; a page may end earlier. With a `counterparty` only
  # of that consumer, or of that owner.
  sharingPayouts @50 (tenant :TenantRef, currency :Text, afterCurrency :Text, afterNumber :UInt32,
      pageSize :UInt32 = 50) -> (answer :Answer(SharingPayoutPage));
  # Of this tenant as an owner: by currency (empty: all), of each the latest first.
  sharingStatistics @51 (tenant :TenantRef, side :SharingSide, by :SharingGranularity,
      fromNs :Int64, toNs :Int64, policy :SharingUuid, pointsMax :UInt32 = 1000,
      topMax :UInt32 = 10) -> (answer :Answer(SharingStatistics));
  # Of hours that begin at `fromNs` or later and before `toNs`, which is at most 366 days after it: what
  # each policy was used and costs, and who uses or is used most. What an hour costs is what it adds to
  # its period.
  forecast @52 (tenant :TenantRef) -> (answer :Answer(Forecast));
  # At the present pace of use: what each limit will have used when its window ends, and when it is used
  # up, if that is before.
  unusualUsage @53 (tenant :TenantRef) -> (answer :Answer(UnusualUsage));
  # What was used in each hour of the last day, against the same hour of earlier weeks.
  usageStatistics @54 (tenant :TenantRef, meter :UInt16, granularity :Granularity = day,
      fromNs :Int64 = 0, toNs :Int64 = 9223372036854775807, label :Text, value :Text,
      hasValue :Bool) -> (answer :Answer(UsageStatistics));
  # Sums and peaks of one meter, or of all (0). What is not said of the range is filled in as for
  # `Operator.topTenants`; it may have 640000 buckets with something in them. With a `label` of each of its
  # values, as `history` tells them; at most 2000 are told.
  listCounters @55 (tenant :TenantRef, limit :Text, labels :List(Label), afterHigh :UInt64,
                    afterLow :UInt64, pageSize :UInt32 = 100) -> (answer :Answer(LabelCounterPage));
  # What is counted of a limit for each value of its labels, of those that match `labels`.
  listHolds @56 (tenant :TenantRef, labels :List(Label), afterHigh :UInt64, afterLow :UInt64,
                 pageSize :UInt32 = 100) -> (answer :Answer(OpenHoldPage));
  # What is reserved, in use or out on lease, of those that match `labels`.
}

interface Operator extends(TenantAdmin) {
  # For whoever runs the platform, or some of its tenants: what no member may do, whatever his role.

  createTenant @0 (draft :TenantDraft) -> (answer :Answer(Tenant));
  listTenants @1 (tier :Text, text :Text, after :TenantId, pageSize :UInt32 = 50,
                  hasStatus :Bool, status :TenantStatus, region :Text)
      -> (answer :Answer(TenantPage));
  # In the order of ids, from above `after` (all zero: from the start). `text` is looked for in name
  # and slug, in any case of ASCII; one of less than three characters only at their beginning.
  # `pageSize` 1 to 1000. With `hasStatus`, only those of that status.
  purgeTenant @2 (tenant :TenantRef, version :UInt64) -> (answer :Answer(Tenant));
  # Removes a deactivated tenant with all that it has used; its slug is free again. Answers with what
  # was removed. A tenant that is not deactivated is a `conflict`. `version`: as in editTenant.

  putLimit @3 (tenant :TenantRef, version :UInt64, limit :Limit) -> (answer :Answer(Tenant));
  # Sets the limit of that name, or adds it. A limit that keeps its meter, kind and period keeps its
  # usage. Takes effect on the next check.
  removeLimit @4 (tenant :TenantRef, version :UInt64, name :Text) -> (answer :Answer(Tenant));
  putOverride @9 (tenant :TenantRef, version :UInt64, limit :Text, override :Override)
      -> (answer :Answer(Tenant));
  # Lets something else hold instead of the rule of the limit of that name. A limit has one override.
  removeOverride @10 (tenant :TenantRef, version :UInt64, limit :Text) -> (answer :Answer(Tenant));

  defineMeter @5 (name :Text, unit :Text) -> (answer :Answer(Meter));

  status @6 () -> (status :Status);

  advanceClock @7 (byNs :UInt64) -> (answer :Answer(ClockReading));
  # Simulated time only: both clocks go on by so much.
  setWallClock @8 (toNs :Int64) -> (answer :Answer(ClockReading));
  # Simulated time only: steps the wall clock, either way; monotonic time stands still.

  giveCredit @11 (tenant :TenantRef, limit :Text, idHigh :UInt64, idLow :UInt64, grant :GrantTerms)
      -> (answer :Answer(CreditReport));
  # Gives a grant to the limit of that name, which must be of credit. The id is chosen by the caller
  # like that of a reservation, so the call may be repeated: a grant is given once, and other terms
  # under its id are a `conflict`. A tenant has at most 100 grants; those that have ended make room.
  voidCredit @12 (tenant :TenantRef, idHigh :UInt64, idLow :UInt64)
      -> (answer :Answer(CreditReport));
  # Takes away what is left of a grant.
  resetCredit @13 (tenant :TenantRef, limit :Text, keepsOverage :Bool)
      -> (answer :Answer(CreditReport));
  # Starts the period of the limit of that name again, as its end would: grants roll over, and usage
  # counts from zero. What is owed is forgotten, unless `keepsOverage`.

  changeLife @14 (tenant :TenantRef, version :UInt64, event :LifeEvent)
      -> (answer :Answer(Tenant));
  # Takes effect on the next check.

  createKey @15 (draft :ApiKey) -> (answer :Answer(NewApiKey));
  # Makes an API key. It can have no scope that the caller has not. There are at most 10,000.
  revokeKey @16 (id :Text) -> (answer :Answer(ApiKey));
  # Takes effect before it is answered: connections that entered with the key lose what they have.
  listKeys @17 (after :Text, pageSize :UInt32 = 100) -> (answer :Answer(ApiKeyPage));
  # In the order of ids, from above `after` (empty: from the start). `pageSize` 1 to 1000; a page may
  # end earlier.

  listTiers @18 () -> (answer :Answer(TierList));
  putTier @19 (tier :Tier, version :UInt64) -> (answer :Answer(Tier));
  # Adds the tier, or replaces the one of its name if that is of this version; 0 takes any. Its tenants
  # stay as they are until `applyTier`.
  removeTier @20 (name :Text) -> (answer :Answer(Tier));
  # A `conflict` while there are tenants of it.
  changeTier @21 (tenant :TenantRef, version :UInt64, tier :Text, atPeriodEnd :Bool, move :TierMove)
      -> (answer :Answer(TierChanged));
  # Moves the tenant to a tier of the catalogue, now or when its month ends, and drops a change that
  # was to come. Usage stays, and so do limits of its own, overrides and its own feature values. To a
  # higher rank, a trial that still runs is converted; a tenant that is suspended stays so.
  applyTier @22 (tier :Text, after :TenantId, pageSize :UInt32 = 100)
      -> (answer :Answer(TierApplied));
  # Gives tenants of the tier what it has now, in the order of ids from above `after`. `pageSize` 1 to
  # 100.
  setFeature @23 (tenant :TenantRef, version :UInt64, feature :Feature) -> (answer :Answer(Tenant));
  clearFeature @24 (tenant :TenantRef, version :UInt64, name :Text) -> (answer :Answer(Tenant));
  # The tier's value counts again.
  verifyDomain @25 (tenant :TenantRef, host :Text, found :Text) -> (answer :Answer(Customisation));
  # `found` is what the caller, whom the platform trusts, has read in the TXT record: the server asks no
  # DNS. It must be the domain's token.
  moveTenant @26 (tenant :TenantRef, version :UInt64, to :Placement) -> (answer :Answer(Tenant));
  # Brings its rows to another place; `version` 0 takes any. The tenant goes on meanwhile, and nothing
  # is lost. `permissionDenied` names the tiers that have the feature `dedicated_schema`, which all but
  # `shared` need; `invalidArgument`: the store has no such place; `conflict`: it is there, or another
  # tenant is on its way. Answered when the rows are there, which takes as long as there are many: who
  # does not want to wait looks at the tenant later.
  featureListing @27 (listing :Text, version :UInt64, featured :Bool) -> (answer :Answer(Listing));
  markPayoutPaid @28 (tenant :TenantRef, currency :Text, number :UInt32, reference :Text)
      -> (answer :Answer(SharingPayout));
  # Says that the platform paid it, once and for all. `reference` is what it calls the payment: 1 to
  # 200 characters.
  reportPayment @29 (tenant :TenantRef, failed :Bool, reference :Text)
      -> (answer :Answer(AlertRaised));
  # The billing system says that a payment failed, or came in after all: the alert `payment.failed` or
  # `payment.recovered`, once for each reference (1 to 100 characters), however often it is said. If the
  # server gives a grace, a tenant that spends is suspended when that is over (`Lifecycle.unpaid`),
  # unless it comes in before. Whoever was suspended stays so until `reactivate`, which forgets what
  # was unpaid.
  topTenants @30 (by :TopBy, meter :UInt16, granularity :Granularity = day, fromNs :Int64 = 0,
      toNs :Int64 = 9223372036854775807, count :UInt32 = 10, tier :Text)
      -> (answer :Answer(TopTenants));
  # Those of all tenants, or of a tier, with most of `by` in what starts at `fromNs` or later and before
  # `toNs`. `meter` 0 adds up all, which only numbers of checks can be. Without `toNs` up to now, without
  # `fromNs` the last day of minutes, 7 days of hours, or 30 days. `count` 1 to 100. A range has at
  # most 1500 minutes, 800 hours or 400 days.
  platformStatistics @31 (tier :Text, meter :UInt16, granularity :Granularity = day, fromNs :Int64 = 0,
      toNs :Int64 = 9223372036854775807, pointsMax :UInt32 = 1000)
      -> (answer :Answer(UsageStatistics));
  # `usageStatistics` of all tenants together, or of those that are in a tier now, with its course in
  # time. The range as for `topTenants`, and with its bounds. `pointsMax` 0 to 10000: the earliest ones.
}
