// SPDX-License-Identifier: Apache-2.0
// Everything that is kept of a tenant, as one document.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "protocol/text/tenant_export.hpp"
#include "server/http/api_routes.hpp"
#include "server/http/located.hpp"
#include "server/rpc/rpc_server.hpp"

namespace sluice::http {
namespace {

/// Asks for one page when the one before has left, so it never holds more than one.
class ExportSource final : public BodySource, public std::enable_shared_from_this<ExportSource> {
public:
  ExportSource(std::shared_ptr<Service> service, Request request, text::TenantExport document)
      : service_(std::move(service)),
        request_(std::move(request)),
        document_(std::move(document)) {}

  void next(Take take) override {
    const auto question = document_.next();
    if (!question) {
      return take(std::exchange(after_, {}));
    }
    const Foundations& on = service_->environment->on;
    const auto access = on.authorize.access_of(request_);
    if (!access.ok()) {
      return take(access.fault());
    }
    on.native.call_in_json(
        service_->here, access.value(), request_.peer, question->method, question->params,
        [self = shared_from_this(), take = std::move(take)](const Result<std::string>& answered) {
          self->tell(self->document_.take(answered), take);
        });
  }

private:
  void tell(const Result<std::string>& more, const Take& take) {
    if (!more.ok()) {
      return take(more.fault());
    }
    std::string text = std::exchange(before_, {}) + more.value();
    text.empty() ? next(take) : take(std::move(text));
  }

  std::shared_ptr<Service> service_;
  Request request_;  ///< Whose credential is asked again for each page.
  text::TenantExport document_;
  std::string before_ = R"({"success":true,"data":)";
  std::string after_ = "}";
};

}  // namespace

void answer_export(const ExchangePtr& exchange, const Route& /*route*/) {
  with_definition(exchange, [exchange](const TenantDefinition& tenant) {
    const WallTime now = exchange->service->environment->on.clock.now().wall;
    Response response;
    response.source =
        std::make_shared<ExportSource>(exchange->service, exchange->request,
                                       text::TenantExport{tenant.id, tenant.created_at, now});
    exchange->answer(std::move(response));
  });
}

}  // namespace sluice::http
