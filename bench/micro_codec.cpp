// SPDX-License-Identifier: Apache-2.0
#include <benchmark/benchmark.h>
#include <capnp/message.h>

#include <array>

#include "bench/load_tenants.hpp"
#include "bench/micro_tenants.hpp"
#include "protocol/codec.hpp"

// A list of 64 checks, on the way in and on the way out.

namespace sluice::bench {
namespace {

constexpr unsigned list_size = 64;

void write_checks(capnp::List<wire::Check>::Builder out) {
  const std::array charges{Charge{MeterId{1}, Amount{1}}};
  for (unsigned i = 0; i < list_size; ++i) {
    encode_check({load_tenant_id(LimitPreset::roomy, TenantIndex{i}), charges, Mode::normal},
                 out[i]);
  }
}

void decode_checks(benchmark::State& state) {
  capnp::MallocMessageBuilder message;
  const auto list = message.initRoot<wire::Gateway::CheckParams>().initChecks(list_size);
  write_checks(list);
  CheckDecoder decoder;
  for (auto _ : state) {
    benchmark::DoNotOptimize(decoder.decode(list.asReader()).ok());
  }
  state.SetItemsProcessed(state.iterations() * list_size);
}
BENCHMARK(decode_checks)->Name("codec/decode 64 checks");

void encode_decisions(benchmark::State& state) {
  capnp::MallocMessageBuilder asked;
  const auto list = asked.initRoot<wire::Gateway::CheckParams>().initChecks(list_size);
  write_checks(list);
  CheckDecoder decoder;
  benchmark::DoNotOptimize(decoder.decode(list.asReader()).ok());
  for (Decision& decision : decoder.decisions()) {
    decision.outcome = Outcome::allowed;
    decision.has_reading = true;
    decision.reading = {LimitId{1}, MeterId{1},  Amount{1'000}, Amount{1},
                        Amount{0},  Amount{999}, micro_now.wall};
  }
  for (auto _ : state) {
    // A reply is a new message each time, as it is in a server.
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<wire::Gateway::CheckResults>().initDecisions(list_size);
    decoder.encode(out);
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(state.iterations() * list_size);
}
BENCHMARK(encode_decisions)->Name("codec/encode 64 decisions");

void encode_checks(benchmark::State& state) {
  for (auto _ : state) {
    capnp::MallocMessageBuilder message;
    auto out = message.initRoot<wire::Gateway::CheckParams>().initChecks(list_size);
    write_checks(out);
    benchmark::DoNotOptimize(out);
  }
  state.SetItemsProcessed(state.iterations() * list_size);
}
BENCHMARK(encode_checks)->Name("codec/encode 64 checks (client)");

}  // namespace
}  // namespace sluice::bench
