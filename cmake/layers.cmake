# SPDX-License-Identifier: Apache-2.0
# The arrows of the architecture, in one place. `SLUICE_LAYER_<target>` lists everything that the
# target may depend on; an arrow that is not here stops configure, whether it stands in a NEEDS list
# or in an #include line (see check_arrows.cmake).
set(SLUICE_LAYER_tenant "")
set(SLUICE_LAYER_transport "")
set(SLUICE_LAYER_protocol tenant)
set(SLUICE_LAYER_text tenant)
set(SLUICE_LAYER_client tenant transport protocol)
set(SLUICE_LAYER_directory tenant)
set(SLUICE_LAYER_journal tenant)
set(SLUICE_LAYER_limit_text tenant)
set(SLUICE_LAYER_audit tenant)
set(SLUICE_LAYER_sqlite tenant limit_text audit)
set(SLUICE_LAYER_postgres tenant limit_text audit)
set(SLUICE_LAYER_runtime tenant transport)
set(SLUICE_LAYER_config tenant text)
set(SLUICE_LAYER_auth tenant)
set(SLUICE_LAYER_metrics tenant transport runtime)
set(SLUICE_LAYER_rpc auth tenant transport protocol runtime metrics)
set(SLUICE_LAYER_http tenant transport protocol text runtime metrics rpc)
set(SLUICE_LAYER_webhooks tenant text)
set(SLUICE_LAYER_server tenant transport protocol text directory journal sqlite postgres runtime
                        config auth metrics rpc http webhooks)
set(SLUICE_LAYER_sluicectl tenant transport protocol text client directory journal postgres)
set(SLUICE_LAYER_envoy tenant client)
set(SLUICE_LAYER_bench tenant transport protocol client directory journal sqlite postgres runtime
                       config auth rpc)
set(SLUICE_LAYER_demo_replay tenant transport protocol text client sluicectl bench)
set(SLUICE_LAYER_tests tenant transport protocol text client directory journal limit_text audit
                       sqlite postgres runtime config auth metrics rpc http webhooks server sluicectl
                       envoy bench
                       demo_replay)

# Which folder belongs to which target; the longest prefix wins.
set(SLUICE_FOLDERS
    actors/tenant=tenant
    actors/runtime=runtime
    protocol=protocol
    protocol/transport=transport
    protocol/text=text
    protocol/client=client
    storage/audit=audit
    storage/directory=directory
    storage/journal=journal
    storage/limit_text=limit_text
    storage/sqlite=sqlite
    storage/postgres=postgres
    server=server
    server/auth=auth
    server/config=config
    server/metrics=metrics
    server/rpc=rpc
    server/http=http
    server/webhooks=webhooks
    ops/sluicectl=sluicectl
    edge/envoy=envoy
    ops/demo_replay=demo_replay
    bench=bench
    tests=tests)

# Where a library's headers may appear; a library that is not named may appear anywhere but in
# `tenant`, which takes only what is listed in SLUICE_TENANT_LIBRARIES.
set(SLUICE_OWNERS
    caf/=runtime,server
    kj/=transport,protocol,client,runtime,rpc,server,bench,tests
    capnp/=transport,protocol,client,runtime,rpc,server,bench,tests
    boost/=transport,client,runtime,rpc,http,webhooks,server,bench,tests
    sqlite3.h=sqlite
    pqxx/=postgres,tests
    libpq-fe.h=postgres,tests
    isa-l=journal
    openssl/=audit,auth,transport,webhooks,tests
    prometheus/=metrics
    grpcpp/=envoy,tests
    CLI/=config,sluicectl,envoy,bench,demo_replay,tests)
set(SLUICE_TENANT_LIBRARIES date/ xxhash.h)
