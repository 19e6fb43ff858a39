// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec.hpp"
#include "protocol/codec_field.hpp"

namespace sluice {

namespace {

/// More reactors or tenants than this in a status are a mistake of the peer.
constexpr unsigned status_list_max = 4096;

/// A fault may quote a text that was refused.
constexpr std::size_t fault_bytes_max = 4 * text_bytes_max;

DecidedChecks decode_decided(wire::ReactorStatus::Reader in) {
  DecidedChecks decided;
  decided[Outcome::allowed] = in.getAllowed();
  decided[Outcome::denied] = in.getDenied();
  decided[Outcome::throttled] = in.getThrottled();
  decided[Outcome::unknown_tenant] = in.getUnknownTenant();
  decided[Outcome::no_such_meter] = in.getNoSuchMeter();
  decided[Outcome::unavailable] = in.getUnavailable();
  decided[Outcome::invalid] = in.getInvalid();
  decided[Outcome::conflict] = in.getConflict();
  decided[Outcome::no_such_hold] = in.getNoSuchHold();
  decided[Outcome::hold_expired] = in.getHoldExpired();
  decided[Outcome::suspended] = in.getSuspended();
  decided[Outcome::deactivated] = in.getDeactivated();
  decided[Outcome::access_denied] = in.getAccessDenied();
  return decided;
}

void encode_decided(const DecidedChecks& decided, wire::ReactorStatus::Builder out) {
  out.setAllowed(decided[Outcome::allowed]);
  out.setDenied(decided[Outcome::denied]);
  out.setThrottled(decided[Outcome::throttled]);
  out.setUnknownTenant(decided[Outcome::unknown_tenant]);
  out.setOtherOutcomes(decided.others());
  out.setNoSuchMeter(decided[Outcome::no_such_meter]);
  out.setUnavailable(decided[Outcome::unavailable]);
  out.setInvalid(decided[Outcome::invalid]);
  out.setConflict(decided[Outcome::conflict]);
  out.setNoSuchHold(decided[Outcome::no_such_hold]);
  out.setHoldExpired(decided[Outcome::hold_expired]);
  out.setSuspended(decided[Outcome::suspended]);
  out.setDeactivated(decided[Outcome::deactivated]);
  out.setAccessDenied(decided[Outcome::access_denied]);
}

Result<ReactorStatus> decode_reactor(wire::ReactorStatus::Reader in, std::string_view path) {
  FieldReader fields(path);
  ReactorStatus status;
  status.decided = decode_decided(in);
  status.hops = in.getHops();
  status.resident_tenants = in.getResidentTenants();
  status.activations = in.getActivations();
  status.passivations = in.getPassivations();
  status.waiting_checks = in.getWaitingChecks();
  status.dirty_tenants = in.getDirtyTenants();
  status.flushes = in.getFlushes();
  status.flush_failures = in.getFlushFailures();
  status.connections = in.getConnections();
  status.history_rows = in.getHistoryRows();
  status.history_lost = in.getHistoryLost();
  status.last_flush = fields.duration(in.getLastFlushNs(), "lastFlushNs");
  status.write_behind_lag = fields.duration(in.getWriteBehindLagNs(), "writeBehindLagNs");
  status.journal.bytes = in.getJournalBytes();
  status.journal.bytes_written = in.getJournalBytesWritten();
  status.journal.commits = in.getJournalCommits();
  status.journal.syncs = in.getJournalSyncs();
  status.journal.last_sync = fields.duration(in.getJournalLastSyncNs(), "journalLastSyncNs");
  status.journal.failures = in.getJournalFailures();
  status.refused_tenants = in.getRefusedTenants();
  status.journal_writable = !in.getJournalUnwritable();
  return fields.finish(std::move(status));
}

void encode_reactor(const ReactorStatus& status, wire::ReactorStatus::Builder out) {
  encode_decided(status.decided, out);
  out.setHops(status.hops);
  out.setResidentTenants(status.resident_tenants);
  out.setActivations(status.activations);
  out.setPassivations(status.passivations);
  out.setWaitingChecks(status.waiting_checks);
  out.setDirtyTenants(status.dirty_tenants);
  out.setFlushes(status.flushes);
  out.setFlushFailures(status.flush_failures);
  out.setConnections(status.connections);
  out.setHistoryRows(status.history_rows);
  out.setHistoryLost(status.history_lost);
  out.setLastFlushNs(encode_duration(status.last_flush));
  out.setWriteBehindLagNs(encode_duration(status.write_behind_lag));
  out.setJournalBytes(status.journal.bytes);
  out.setJournalBytesWritten(status.journal.bytes_written);
  out.setJournalCommits(status.journal.commits);
  out.setJournalSyncs(status.journal.syncs);
  out.setJournalLastSyncNs(encode_duration(status.journal.last_sync));
  out.setJournalFailures(status.journal.failures);
  out.setRefusedTenants(status.refused_tenants);
  out.setJournalUnwritable(!status.journal_writable);
}

}  // namespace

Result<Meter> decode_meter(wire::Meter::Reader in) {
  FieldReader fields("meter");
  Meter meter;
  meter.id = MeterId{in.getId()};
  meter.name = fields.text(in.getName(), "name");
  meter.unit = fields.text(in.getUnit(), "unit");
  return fields.finish(std::move(meter));
}

void encode_meter(const Meter& meter, wire::Meter::Builder out) {
  out.setId(meter.id.raw());
  out.setName(meter.name);
  out.setUnit(meter.unit);
}

Result<MeterTable> decode_meters(capnp::List<wire::Meter>::Reader in) {
  FieldReader fields("");
  MeterTable meters;
  if (fields.require(in.size() <= meters_max, "meters",
                     "are more than " + std::to_string(meters_max))) {
    for (unsigned i = 0; i < in.size(); ++i) {
      meters.push_back(fields.part(decode_meter(in[i])));
      fields.require(meters.back().id.raw() == i + 1, at_index("meters", i) + ".id",
                     "is not its place in the table");
    }
  }
  return fields.finish(std::move(meters));
}

void encode_meters(const MeterTable& meters, capnp::List<wire::Meter>::Builder out) {
  SLUICE_INVARIANT(out.size() == meters.size());
  for (unsigned i = 0; i < meters.size(); ++i) {
    encode_meter(meters[i], out[i]);
  }
}

Result<ServerStatus> decode_status(wire::Status::Reader in) {
  FieldReader fields("status");
  ServerStatus status;
  status.server = fields.text(in.getServer(), "server");
  status.now = decode_time(in.getNowNs());
  status.uptime = fields.duration(in.getUptimeNs(), "uptimeNs");
  status.simulated_time = in.getSimulatedTime();
  status.ownership.epoch = Epoch{in.getEpoch()};
  status.ownership.owner = in.getOwner();
  if (in.getHasLease()) {
    status.ownership.lease_left = fields.duration(in.getLeaseLeftNs(), "leaseLeftNs");
    status.ownership.lease = fields.duration(in.getLeaseNs(), "leaseNs");
  }
  status.start.replay = fields.duration(in.getReplayNs(), "replayNs");
  status.start.load = fields.duration(in.getLoadNs(), "loadNs");
  const auto reactors = in.getReactors();
  const auto busiest = in.getBusiest();
  if (fields.require(reactors.size() <= status_list_max, "reactors", "are too many") &&
      fields.require(busiest.size() <= status_list_max, "busiest", "are too many")) {
    for (unsigned i = 0; i < reactors.size(); ++i) {
      const std::string path = fields.path_of(at_index("reactors", i));
      status.reactors.push_back(fields.part(decode_reactor(reactors[i], path)));
    }
    for (const auto& tenant : busiest) {
      status.busiest.push_back(
          BusyTenant{decode_id(tenant.getId()), tenant.getChecksPerSecond(), tenant.getDenied()});
    }
  }
  return fields.finish(std::move(status));
}

void encode_status(const ServerStatus& status, wire::Status::Builder out) {
  out.setServer(status.server);
  out.setNowNs(encode_time(status.now));
  out.setUptimeNs(encode_duration(status.uptime));
  out.setSimulatedTime(status.simulated_time);
  out.setEpoch(status.ownership.epoch.raw());
  out.setOwner(status.ownership.owner);
  out.setHasLease(status.ownership.lease_left.has_value());
  out.setLeaseLeftNs(encode_duration(status.ownership.lease_left.value_or(Duration{})));
  out.setReplayNs(encode_duration(status.start.replay));
  out.setLoadNs(encode_duration(status.start.load));
  out.setLeaseNs(encode_duration(status.ownership.lease));
  auto reactors = out.initReactors(static_cast<unsigned>(status.reactors.size()));
  for (unsigned i = 0; i < status.reactors.size(); ++i) {
    encode_reactor(status.reactors[i], reactors[i]);
  }
  auto busiest = out.initBusiest(static_cast<unsigned>(status.busiest.size()));
  for (unsigned i = 0; i < status.busiest.size(); ++i) {
    encode_id(status.busiest[i].tenant, busiest[i].initId());
    busiest[i].setChecksPerSecond(status.busiest[i].checks_per_second);
    busiest[i].setDenied(status.busiest[i].denied_per_second);
  }
}

Fault decode_fault(wire::Fault::Reader in) {
  const auto code = decode_enum<FaultCode>(in.getCode(), FaultCode::quota_exceeded);
  const auto message = decode_text(in.getMessage(), "message", fault_bytes_max);
  // A fault that cannot be read is still a fault: what was asked may or may not have been done.
  return Fault{code.value_or(FaultCode::outcome_unknown),
               message.ok() ? message.value() : message.fault().context};
}

void encode_fault(const Fault& fault, wire::Fault::Builder out) {
  out.setCode(encode_enum<wire::FaultCode>(fault.code));
  out.setMessage(fault.context);
}

}  // namespace sluice
