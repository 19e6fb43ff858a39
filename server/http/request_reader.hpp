// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/string_type.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>
#include <boost/optional/optional.hpp>
#include <cstddef>
#include <cstdint>
#include <string>

#include "actors/tenant/fault.hpp"
#include "server/http/http_message.hpp"
#include "server/http/site.hpp"

namespace sluice::http {

/// Reads one request, as its bytes come, right into what routes work with.
///
/// Role       Its base knows the grammar of HTTP and holds to the bounds; this keeps what is said.
///            It takes no more bytes than are the request's.
/// Threading  Confined.
/// Ownership  Owns what it has read so far.
/// Errors     Of Beast: a header or body beyond the bounds, or no HTTP at all. What the target says
///            is looked at by `take`.
/// Cost       One look at each byte; a few allocations for a request.
class RequestReader final : public boost::beast::http::basic_parser<true> {
public:
  explicit RequestReader(const Bounds& bounds);

  /// Reads what there is, which is something, up to the end of the header or (`eager(true)`) of
  /// the request. Returns how many bytes it has taken.
  std::size_t read(boost::asio::const_buffer bytes, boost::beast::error_code& failed);

  /// Whether the peer wants to be told to go on before it sends the body. Of a whole header.
  [[nodiscard]] bool is_asking_to_go_on() const;
  [[nodiscard]] bool is_head() const { return request_.method == Method::head; }
  /// 10 or 11.
  [[nodiscard]] int version() const { return version_; }

  /// What was read, once that is a whole request. A fault if it has no good target.
  [[nodiscard]] Result<Request> take(const std::string& peer);

private:
  using Error = boost::beast::error_code;
  using Text = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb method, Text method_text, Text target, int version,
                       Error& failed) override;
  void on_field_impl(boost::beast::http::field name, Text name_text, Text value,
                     Error& failed) override;
  std::size_t on_body_impl(Text part, Error& failed) override;
  std::size_t on_chunk_body_impl(std::uint64_t remain, Text part, Error& failed) override;
  void on_response_impl(int, Text, int, Error& /*failed*/) override {}
  void on_header_impl(Error& /*failed*/) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                         Error& /*failed*/) override {}
  void on_chunk_header_impl(std::uint64_t /*size*/, Text /*extensions*/,
                            Error& /*failed*/) override {}
  void on_finish_impl(Error& /*failed*/) override {}

  std::string target_;
  Request request_;
  int version_ = 11;
};

}  // namespace sluice::http
