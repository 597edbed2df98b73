{{/* What a schema of single values cannot say: which values go together. Each line names the value and the remedy. */}}
{{- define "pekopay-edge.checks" -}}
{{- $replicas := ternary .Values.autoscaling.maxReplicas .Values.replicaCount .Values.autoscaling.enabled | int -}}
{{- if and (gt $replicas 1) (not .Values.redis.host) -}}
{{- fail (printf "%d replicas need redis.host: with a ledger in memory two replicas do not know each other's tokens, and refuse each other's shoppers" $replicas) -}}
{{- end -}}
{{- if and .Values.autoscaling.enabled (gt (int .Values.autoscaling.minReplicas) (int .Values.autoscaling.maxReplicas)) -}}
{{- fail "autoscaling.minReplicas is above autoscaling.maxReplicas" -}}
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
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.parentRefs: name the Gateway that the route belongs to" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.hostnames) (not (include "pekopay-edge.tenantHosts" . | fromJson).list) -}}
{{- fail "httpRoute.hostnames: no tenant of `tenants` has hosts, so name them here" -}}
{{- end -}}
{{- if not (or .Values.tenants .Values.tenantFiles.configMaps .Values.tenantFiles.secrets) -}}
{{- fail "tenants: at least one is needed, here or in tenantFiles. Try --set tenants.acme.tenant-id=… --set tenants.acme.credentials.existingSecret=…" -}}
{{- end -}}
{{- $owners := dict -}}
{{- range $name, $tenant := .Values.tenants -}}
{{- $id := index $tenant "tenant-id" -}}
{{- if hasKey $owners $id -}}
{{- fail (printf "tenants.%s: tenant-id %s is also that of tenants.%s" $name $id (get $owners $id)) -}}
{{- end -}}
{{- $_ := set $owners $id $name -}}
{{- if and $tenant.environment (index $tenant "base-url") -}}
{{- fail (printf "tenants.%s: environment or base-url, not both" $name) -}}
{{- end -}}
{{- range $slot := list "credentials" "previous-credentials" -}}
{{- with index $tenant $slot -}}
{{- $ways := 0 -}}
{{- range $way := list "existingSecret" "externalSecret" "client-id" "client-id-file" -}}
{{- if index (index $tenant $slot) $way -}}{{- $ways = add1 $ways -}}{{- end -}}
{{- end -}}
{{- if ne (int $ways) 1 -}}
{{- fail (printf "tenants.%s.%s: exactly one of existingSecret, externalSecret, client-id (with client-secret), client-id-file (with client-secret-file)" $name $slot) -}}
{{- end -}}
{{- if or (ne (empty (index . "client-id")) (empty (index . "client-secret"))) (ne (empty (index . "client-id-file")) (empty (index . "client-secret-file"))) -}}
{{- fail (printf "tenants.%s.%s: id and secret go together" $name $slot) -}}
{{- end -}}
{{- if ne (hasPrefix "${" (default "" (index . "client-id"))) (hasPrefix "${" (default "" (index . "client-secret"))) -}}
{{- fail (printf "tenants.%s.%s: a placeholder for both client-id and client-secret, or for neither: a Secret is not searched for placeholders, and a tenant's file is no place for a secret" $name $slot) -}}
{{- end -}}
{{- if and .externalSecret (not $.Values.externalSecrets.storeRef.name) -}}
{{- fail (printf "externalSecrets.storeRef.name: tenants.%s.%s comes from an external store, so name the store" $name $slot) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
