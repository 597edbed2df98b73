{{- define "pekopay-edge.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 52 | trimSuffix "-" -}}
{{- end }}

{{/* Room is left for the longest suffix, "-management". */}}
{{- define "pekopay-edge.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else if contains (include "pekopay-edge.name" .) .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "pekopay-edge.name" .) | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- define "pekopay-edge.selectorLabels" -}}
app.kubernetes.io/name: {{ include "pekopay-edge.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "pekopay-edge.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{ include "pekopay-edge.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "pekopay-edge.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "pekopay-edge.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end }}

{{- define "pekopay-edge.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end }}

{{/* Of "1500ms", "30s" or "1m". */}}
{{- define "pekopay-edge.milliseconds" -}}
{{- $unit := get (dict "ms" 1 "s" 1000 "m" 60000) (trimAll "0123456789" .) -}}
{{- mul (regexFind "^[0-9]+" . | int64) $unit -}}
{{- end }}

{{/* Whole seconds, rounded up, of charge.timeout. */}}
{{- define "pekopay-edge.chargeSeconds" -}}
{{- $timeout := dig "charge" "timeout" "30s" .Values.edge -}}
{{- div (add (include "pekopay-edge.milliseconds" $timeout | int64) 999) 1000 -}}
{{- end }}

{{/* preStop, then the gateway's own drain (charge.timeout + 5 s), then 10 s for it to close what is left. */}}
{{- define "pekopay-edge.gracePeriod" -}}
{{- add .Values.preStopSeconds (include "pekopay-edge.chargeSeconds" . | int) 5 10 -}}
{{- end }}

{{/* Every host name that a tenant of `tenants` answers to, as JSON: {"list": […]}. In lower case: Kubernetes takes no other. */}}
{{- define "pekopay-edge.tenantHosts" -}}
{{- $hosts := list -}}
{{- range .Values.tenants -}}
{{- range .hosts -}}
{{- $hosts = append $hosts (lower .) -}}
{{- end -}}
{{- end -}}
{{- dict "list" ($hosts | uniq | sortAlpha) | toJson -}}
{{- end }}

{{/* PekoPay's addresses by their names, as JSON: the gateway adds what is named to its own two. */}}
{{- define "pekopay-edge.environments" -}}
{{- $own := dict "sandbox" "https://sandbox-api.peko-pay.com" "production" "https://gateway.peko-pay.com" -}}
{{- merge (dict) (dig "environments" (dict) .Values.edge) $own | toJson -}}
{{- end }}

{{/* Where a kind of URL leads: ports as JSON {"list": […]}; takes a list of URLs. */}}
{{- define "pekopay-edge.ports" -}}
{{- $ports := list -}}
{{- range . -}}
{{- $url := urlParse . -}}
{{- $port := regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) -}}
{{- $ports = append $ports (int (default (ternary 443 80 (eq $url.scheme "https")) $port)) -}}
{{- end -}}
{{- dict "list" ($ports | uniq) | toJson -}}
{{- end }}

{{/* One pair of credentials as a tenant file has it. Takes (dict "pair" … "folder" "acme/current"). */}}
{{- define "pekopay-edge.pair" -}}
{{- if or .pair.existingSecret .pair.externalSecret (not (or (index .pair "client-id-file") (hasPrefix "${" (index .pair "client-id")))) -}}
client-id-file: /app/credentials/{{ .folder }}/client-id
client-secret-file: /app/credentials/{{ .folder }}/client-secret
{{- else -}}
{{- toYaml .pair -}}
{{- end -}}
{{- end }}

{{/* Name of the Secret behind one pair, empty where the tenant file says it all. Takes (dict "root" $ "pair" … "key" "acme-current"). */}}
{{- define "pekopay-edge.pairSecret" -}}
{{- if .pair.existingSecret -}}
{{- .pair.existingSecret -}}
{{- else if .pair.externalSecret -}}
{{- printf "%s-%s" (include "pekopay-edge.fullname" .root) .key -}}
{{- else if not (or (index .pair "client-id-file") (hasPrefix "${" (index .pair "client-id"))) -}}
{{- printf "%s-%s" (include "pekopay-edge.fullname" .root) .key -}}
{{- end -}}
{{- end }}
