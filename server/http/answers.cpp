// SPDX-License-Identifier: Apache-2.0
#include "server/http/answers.hpp"

namespace sluice::http {

Response success(const JsonText& data, unsigned status) {
  JsonWriter body;
  body.open_object();
  body.put("success", true);
  body.put("data", data);
  body.close_object();
  return {.status = status, .body = body.take().raw() + "\n"};
}

Response success(const Json& data, unsigned status) {
  return success(JsonText{written_out(data)}, status);
}

Response failure(unsigned status, std::string_view code, std::string_view message,
                 const JsonText& details) {
  JsonWriter body;
  body.open_object();
  body.put("success", false);
  body.name("error");
  body.open_object();
  body.put("code", code);
  body.put("message", message);
  body.put("details", details);
  body.close_object();
  body.close_object();
  Response response{.status = status, .body = body.take().raw() + "\n"};
  if (status == status_of(FaultCode::unauthenticated)) {
    response.headers.emplace_back("WWW-Authenticate", "Bearer");  // RFC 9110 wants one.
  }
  return response;
}

Response failure(unsigned status, std::string_view code, std::string_view message,
                 const Json& details) {
  return failure(status, code, message, JsonText{written_out(details)});
}

Response failure(const Fault& fault) {
  Json details = Json::object();
  if (fault.code == FaultCode::invalid_argument) {
    details["field"] = field_of(fault.context);
  }
  return failure(status_of(fault.code), to_string(fault.code), fault.context, details);
}

Response malformed(const Fault& fault) {
  return failure(400, "malformed", fault.context);
}

unsigned status_of(FaultCode code) {
  switch (code) {
    case FaultCode::invalid_argument:
      return 422;
    case FaultCode::not_found:
      return 404;
    case FaultCode::unauthenticated:
      return 401;
    case FaultCode::permission_denied:
      return 403;
    case FaultCode::already_exists:
    case FaultCode::conflict:
    case FaultCode::limit_exceeded:
      return 409;
    case FaultCode::quota_exceeded:
      return 429;
    case FaultCode::unavailable:
    case FaultCode::outcome_unknown:
    case FaultCode::data_damaged:
    case FaultCode::fenced:
      return 503;
  }
  return 503;
}

unsigned status_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::allowed:
      return 200;
    case Outcome::denied:
    case Outcome::throttled:
      return 429;
    case Outcome::unknown_tenant:
    case Outcome::no_such_hold:
      return 404;
    case Outcome::no_such_meter:
    case Outcome::invalid:
      return 422;
    case Outcome::conflict:
    case Outcome::hold_expired:
      return 409;
    case Outcome::suspended:
    case Outcome::deactivated:
    case Outcome::access_denied:
      return 403;
    case Outcome::unavailable:
      return 503;
  }
  return 503;
}

std::string_view sentence_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::allowed:
      return "";
    case Outcome::denied:
      return "a limit is in the way; nothing was charged";
    case Outcome::throttled:
      return "it comes too early in the window; nothing was charged";
    case Outcome::unknown_tenant:
      return "tenant: there is none with this id or slug";
    case Outcome::no_such_hold:
      return "id: there is no reservation or lease of this id, or it is forgotten";
    case Outcome::no_such_meter:
      return "meter: there is none of this name";
    case Outcome::invalid:
      return "the check is malformed; nothing was charged";
    case Outcome::conflict:
      return "id: it was used for another request, or was settled otherwise";
    case Outcome::hold_expired:
      return "id: the reservation ended by itself; what was used beyond it is to be recorded";
    case Outcome::suspended:
      return "tenant: may not spend until it is reactivated; nothing was charged";
    case Outcome::deactivated:
      return "tenant: is about to be purged; nothing was charged";
    case Outcome::access_denied:
      return "tenant: the credential does not cover it; nothing was charged";
    case Outcome::unavailable:
      return "the server cannot decide now; nothing was charged, and it may be asked again";
  }
  return "";
}

std::string_view field_of(std::string_view sentence) {
  return sentence.substr(0, sentence.find_first_of(": "));
}

}  // namespace sluice::http
