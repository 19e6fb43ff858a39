// SPDX-License-Identifier: Apache-2.0
#include "protocol/codec_use.hpp"

#include <cstddef>
#include <utility>

#include "protocol/codec_field.hpp"

namespace sluice {

static_assert(encode_enum<wire::SharePermission>(SharePermission::admin) ==
              wire::SharePermission::ADMIN);
static_assert(encode_enum<wire::ShareVerdict>(share_verdict_last) ==
              wire::ShareVerdict::MADE_PRIVATE);

namespace {

constexpr std::size_t v4_bytes = 4;
constexpr std::size_t v6_bytes = 16;
static_assert(use_words_max * sizeof(capnp::word) >= v6_bytes);
constexpr std::uint64_t v4_prefix = std::uint64_t{0xFFFF} << 32U;

std::uint64_t big_endian(capnp::Data::Reader bytes) {
  std::uint64_t word = 0;
  for (const unsigned byte : bytes) {
    word = word << 8U | byte;
  }
  return word;
}

PeerAddress decode_peer(capnp::Data::Reader in) {
  return in.size() == v4_bytes ? PeerAddress{0, v4_prefix | big_endian(in)}
                               : PeerAddress{big_endian(in.slice(0, v6_bytes / 2)),
                                             big_endian(in.slice(v6_bytes / 2, v6_bytes))};
}

void encode_peer(const PeerAddress& peer, capnp::Data::Builder out) {
  for (std::size_t i = 0; i < v6_bytes; ++i) {
    const std::uint64_t word = i < v6_bytes / 2 ? peer.high : peer.low;
    out[i] = static_cast<kj::byte>(word >> (56U - 8U * (i % (v6_bytes / 2))));
  }
}

}  // namespace

bool names_policy(wire::Particulars::Reader in) {
  return (in.getPolicyHigh() | in.getPolicyLow()) != 0;
}

bool speaks_of_use(wire::Particulars::Reader in) {
  return names_policy(in) || in.getPermission() != wire::SharePermission{} || in.hasPeer();
}

Result<std::optional<SharedUse>> decode_use(wire::Particulars::Reader in, Mode mode) {
  const capnp::Data::Reader peer = in.getPeer();
  FieldReader fields("");
  const auto permission =
      fields.enumerant(in.getPermission(), SharePermission::admin, "permission");
  if (!names_policy(in)) {
    fields.require(permission == SharePermission{} && peer.size() == 0, "policyHigh",
                   "and policyLow are both zero: permission and peer are for a policy only");
    return fields.finish(std::optional<SharedUse>{});
  }
  fields.require(may_name_resource(mode), "policyHigh",
                 "and policyLow are only for normal, peek, bestEffort, record and reserve");
  const bool has_peer = peer.size() == v4_bytes || peer.size() == v6_bytes;
  fields.require(has_peer || peer.size() == 0, "peer", "is not 4 or 16 bytes");
  return fields.finish(
      std::optional{SharedUse{.policy = {in.getPolicyHigh(), in.getPolicyLow()},
                              .permission = permission,
                              .peer = has_peer ? std::optional{decode_peer(peer)} : std::nullopt}});
}

Result<Resource> decode_resource(wire::Gateway::ResolveResourceParams::Reader in) {
  FieldReader fields("");
  Resource resource;
  resource.type = fields.enumerant(in.getType(), ResourceType::custom, "type");
  resource.id = fields.text(in.getId(), "id");
  return fields.finish(std::move(resource));
}

void encode_resource(const Resource& resource, wire::Gateway::ResolveResourceParams::Builder out) {
  out.setType(encode_enum<wire::ResourceType>(resource.type));
  out.setId(resource.id);
}

void encode_use(const SharedUse& use, wire::Particulars::Builder out) {
  out.setPolicyHigh(use.policy.high);
  out.setPolicyLow(use.policy.low);
  out.setPermission(encode_enum<wire::SharePermission>(use.permission));
  if (use.peer) {
    encode_peer(*use.peer, out.initPeer(v6_bytes));
  }
}

}  // namespace sluice
