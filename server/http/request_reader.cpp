// SPDX-License-Identifier: Apache-2.0
#include "server/http/request_reader.hpp"

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/verb.hpp>
#include <utility>

namespace sluice::http {
namespace {

using boost::beast::http::verb;

Method method_of(verb asked) {
  switch (static_cast<int>(asked)) {
    case static_cast<int>(verb::get):
      return Method::get;
    case static_cast<int>(verb::head):
      return Method::head;
    case static_cast<int>(verb::post):
      return Method::post;
    case static_cast<int>(verb::put):
      return Method::put;
    case static_cast<int>(verb::patch):
      return Method::patch;
    case static_cast<int>(verb::delete_):
      return Method::remove;
    default:
      return Method::other;
  }
}

std::string_view view_of(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

RequestReader::RequestReader(const Bounds& bounds) {
  header_limit(static_cast<std::uint32_t>(bounds.header_bytes_max));
  body_limit(bounds.body_bytes_max);
}

std::size_t RequestReader::read(boost::asio::const_buffer bytes, Error& failed) {
  const std::size_t taken = put(bytes, failed);
  if (failed == boost::beast::http::error::need_more) {
    failed = {};
  }
  return taken;
}

bool RequestReader::is_asking_to_go_on() const {
  const auto expected = request_.header("expect");
  return expected && boost::beast::iequals({expected->data(), expected->size()}, "100-continue");
}

Result<Request> RequestReader::take(const std::string& peer) {
  auto target = http::parse_target(target_);  // Not that of the base.
  if (!target.ok()) {
    return target.fault();
  }
  request_.target = std::move(target).value();
  request_.peer = peer;
  return std::move(request_);
}

void RequestReader::on_request_impl(verb method, Text /*method_text*/, Text target, int version,
                                    Error& /*failed*/) {
  request_.method = method_of(method);
  target_ = view_of(target);
  version_ = version;
}

void RequestReader::on_field_impl(boost::beast::http::field /*name*/, Text name_text, Text value,
                                  Error& /*failed*/) {
  request_.headers.add(view_of(name_text), view_of(value));
}

std::size_t RequestReader::on_body_impl(Text part, Error& /*failed*/) {
  request_.body += view_of(part);
  return part.size();
}

std::size_t RequestReader::on_chunk_body_impl(std::uint64_t /*remain*/, Text part, Error& failed) {
  return on_body_impl(part, failed);
}

}  // namespace sluice::http
