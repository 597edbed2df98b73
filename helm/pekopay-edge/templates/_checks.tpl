{{/* What a schema of single values cannot say: which values go together. Each line names the value and the remedy. */}}
{{- define "pekopay-edge.checks" -}}
{{- $replicas := ternary .Values.autoscaling.maxReplicas .Values.replicaCount .Values.autoscaling.enabled | int -}}
{{- if and (gt $replicas 1) (not .Values.redis.host) -}}
{{- fail (printf "%d replicas need redis.host: with a ledger in memory two replicas do not know each other's tokens, and refuse each other's shoppers" $replicas) -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- fail "autoscaling.minReplicas is above autoscaling.maxReplicas" -}}
{{- end -}}
{{- $resources := default dict .Values.resources -}}
{{- if and .Values.autoscaling.enabled (not (dig "requests" "cpu" "" $resources)) (not (dig "limits" "cpu" "" $resources)) -}}
{{- fail "resources.requests.cpu: autoscaling.targetCPUUtilizationPercentage is a share of it, so name it" -}}
{{- end -}}
{{- if and .Values.ingress.enabled .Values.httpRoute.enabled -}}
{{- fail "ingress.enabled and httpRoute.enabled: choose one way in" -}}
{{- end -}}
{{- if and (or .Values.ingress.enabled .Values.httpRoute.enabled) (not .Values.trustedProxies) -}}
{{- fail "trustedProxies: with an ingress or a route, name the addresses (CIDR) that it calls from, such as the cluster's pod network; without them all shoppers share one rate limit" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) (not (include "pekopay-edge.tenantHosts" . | fromJson).list) -}}
{{- fail "ingress.hosts: no tenant of `tenants` has hosts, so name them here" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.hosts) (contains "${" (include "pekopay-edge.tenantHosts" .)) -}}
{{- fail "ingress.hosts: a host of `tenants` is a placeholder, which the gateway alone fills in, so name the hosts here" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs: name the Gateway that the route belongs to" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.hostnames) (not (include "pekopay-edge.tenantHosts" . | fromJson).list) -}}
{{- fail "httpRoute.hostnames: no tenant of `tenants` has hosts, so name them here" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.hostnames) (contains "${" (include "pekopay-edge.tenantHosts" .)) -}}
{{- fail "httpRoute.hostnames: a host of `tenants` is a placeholder, which the gateway alone fills in, so name the hosts here" -}}
{{- end -}}
{{- if not (or .Values.tenants .Values.tenantFiles.configMaps .Values.tenantFiles.secrets) -}}
{{- fail "tenants: at least one is needed, here or in tenantFiles. Try --set tenants.acme.tenant-id=… --set tenants.acme.credentials.existingSecret=…" -}}
{{- end -}}
{{- with .Values.metrics.serviceMonitor -}}
{{- if and .enabled .interval .scrapeTimeout (lt (include "pekopay-edge.milliseconds" .interval | int64) (include "pekopay-edge.milliseconds" .scrapeTimeout | int64)) -}}
{{- fail "metrics.serviceMonitor.interval is shorter than scrapeTimeout: Prometheus refuses that" -}}
{{- end -}}
{{- end -}}
{{- if gt (dig "reserve" "min" 2 .Values.edge | int) (dig "reserve" "max" 500 .Values.edge | int) -}}
{{- fail "edge.reserve.min is above edge.reserve.max (default 500)" -}}
{{- end -}}
{{- $owners := dict -}}
{{- $hosts := dict -}}
{{- range $name, $tenant := .Values.tenants -}}
{{- $id := index $tenant "tenant-id" -}}
{{- if hasKey $owners $id -}}
{{- fail (printf "tenants.%s: tenant-id %s is also that of tenants.%s" $name $id (get $owners $id)) -}}
{{- end -}}
{{- $_ := set $owners $id $name -}}
{{- range $host := $tenant.hosts -}}
{{- $owner := get $hosts (lower $host) | default $name -}}
{{- if ne $owner $name -}}
{{- fail (printf "tenants.%s.hosts: %s is also that of tenants.%s" $name $host $owner) -}}
{{- end -}}
{{- $_ := set $hosts (lower $host) $name -}}
{{- end -}}
{{- include "pekopay-edge.tenantChecks" (dict "root" $ "at" (printf "tenants.%s" $name) "tenant" $tenant) -}}
{{- range $slot := list "credentials" "previous-credentials" -}}
{{- with index $tenant $slot -}}
{{- include "pekopay-edge.pairChecks" (dict "root" $ "at" (printf "tenants.%s.%s" $name $slot) "pair" .) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}

{{/* One tenant, which the gateway would not serve, though its pods were ready. Takes (dict "root" $ "at" "tenants.acme" "tenant" …). */}}
{{- define "pekopay-edge.tenantChecks" -}}
{{- $tenant := .tenant -}}
{{- if and $tenant.environment (index $tenant "base-url") -}}
{{- fail (printf "%s: environment or base-url, not both" .at) -}}
{{- end -}}
{{- $environments := include "pekopay-edge.environments" .root | fromJson -}}
{{- $environment := default "sandbox" $tenant.environment -}}
{{- if not (hasKey $environments $environment) -}}
{{- fail (printf "%s.environment: %s is none of %s; add it to edge.environments" .at $environment (keys $environments | sortAlpha | join ", ")) -}}
{{- end -}}
{{- $url := default (get $environments $environment) (index $tenant "base-url") -}}
{{- $private := regexMatch "(?i)^(https:|http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])(:|/|$))" $url -}}
{{- if not (or $private (index $tenant "allow-plaintext")) -}}
{{- fail (printf "%s: plain http to %s would show the credentials on the way: use https, or allow-plaintext: true on a network that nobody else hears" .at $url) -}}
{{- end -}}
{{- $own := printf "/tenants/%s/" (index $tenant "tenant-id") -}}
{{- range $intent, $path := $tenant.intents -}}
{{- if not (or (contains "${" $path) (hasPrefix $own (replace "{tenantId}" (index $tenant "tenant-id") $path))) -}}
{{- fail (printf "%s.intents.%s: %s is not below the tenant's path: begin with /tenants/{tenantId}/" $.at $intent $path) -}}
{{- end -}}
{{- end -}}
{{- $intents := keys (default dict $tenant.intents) | concat (list "charge" "subscription") | uniq | sortAlpha -}}
{{- with index $tenant "default-intent" -}}
{{- if not (or (contains "${" .) (has . $intents)) -}}
{{- fail (printf "%s.default-intent: %s is none of %s" $.at . (join ", " $intents)) -}}
{{- end -}}
{{- end -}}
{{- $min := dig "reserve" "min" (dig "reserve" "min" 2 .root.Values.edge) $tenant | int -}}
{{- $max := dig "reserve" "max" (dig "reserve" "max" 500 .root.Values.edge) $tenant | int -}}
{{- if gt $min $max -}}
{{- fail (printf "%s.reserve: min %d is above max %d; what is absent is that of edge.reserve" .at $min $max) -}}
{{- end -}}
{{- $keys := list -}}
{{- range index $tenant "api-keys" -}}
{{- if has .id $keys -}}
{{- fail (printf "%s.api-keys: two of them have the id %s" $.at .id) -}}
{{- end -}}
{{- $keys = append $keys .id -}}
{{- end -}}
{{- end }}

{{/* One pair of credentials. Takes (dict "root" $ "at" "tenants.acme.credentials" "pair" …). */}}
{{- define "pekopay-edge.pairChecks" -}}
{{- $pair := .pair -}}
{{- $ways := 0 -}}
{{- range $way := list "existingSecret" "externalSecret" "client-id" "client-id-file" -}}
{{- if index $pair $way -}}{{- $ways = add1 $ways -}}{{- end -}}
{{- end -}}
{{- if ne (int $ways) 1 -}}
{{- fail (printf "%s: exactly one of existingSecret, externalSecret, client-id (with client-secret), client-id-file (with client-secret-file)" .at) -}}
{{- end -}}
{{- if and (or $pair.clientIdKey $pair.clientSecretKey) (not $pair.existingSecret) -}}
{{- fail (printf "%s: clientIdKey and clientSecretKey are of an existingSecret alone; the chart's own Secrets have the keys client-id and client-secret" .at) -}}
{{- end -}}
{{- $id := default "" (index $pair "client-id") -}}
{{- $secret := default "" (index $pair "client-secret") -}}
{{- if or (ne (empty $id) (empty $secret)) (ne (empty (index $pair "client-id-file")) (empty (index $pair "client-secret-file"))) -}}
{{- fail (printf "%s: id and secret go together" .at) -}}
{{- end -}}
{{- if ne (hasPrefix "${" $id) (hasPrefix "${" $secret) -}}
{{- fail (printf "%s: a placeholder for both client-id and client-secret, or for neither: a Secret is not searched for placeholders, and a tenant's file is no place for a secret" .at) -}}
{{- end -}}
{{- if and (contains "${" (print $id $secret)) (not (hasPrefix "${" $id)) -}}
{{- fail (printf "%s: ${ within a value stays as it is, for a Secret is not searched for placeholders: let one placeholder stand for the whole value; a value that holds ${ itself comes from an existingSecret" .at) -}}
{{- end -}}
{{- if and $pair.externalSecret (not .root.Values.externalSecrets.storeRef.name) -}}
{{- fail (printf "externalSecrets.storeRef.name: %s comes from an external store, so name the store" .at) -}}
{{- end -}}
{{- end }}
