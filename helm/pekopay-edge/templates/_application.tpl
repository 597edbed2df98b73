{{/* The gateway's application.yml. Also the source of the pods' checksum: a change here restarts them. */}}
{{- define "pekopay-edge.application" -}}
{{- $edge := deepCopy .Values.edge -}}
{{- if .Values.redis.host -}}
{{- $edge = mergeOverwrite $edge (dict "charge" (dict "ledger" "redis")) -}}
{{- end -}}
{{- if .Values.trustedProxies -}}
{{- $edge = mergeOverwrite $edge (dict "limits" (dict "trusted-proxies" .Values.trustedProxies)) -}}
{{- end -}}
management:
  server:
    # Beyond loopback, for the probes and Prometheus; the NetworkPolicy says who else.
    address: 0.0.0.0
    port: 8081
  {{- if .Values.tracing.endpoint }}
  otlp:
    tracing:
      endpoint: {{ .Values.tracing.endpoint | quote }}
  tracing:
    sampling:
      probability: {{ .Values.tracing.sampling }}
  {{- end }}
server:
  port: 8080
logging:
  structured:
    format:
      console: {{ ternary "\"\"" .Values.logs.format (eq .Values.logs.format "plain") }}
{{- with .Values.redis }}
{{- if .host }}
spring:
  data:
    redis:
      host: {{ .host | quote }}
      port: {{ .port }}
      database: {{ .database }}
      {{- with .username }}
      username: {{ . | quote }}
      {{- end }}
      ssl:
        enabled: {{ .tls }}
{{- end }}
{{- end }}
{{- with $edge }}
pekopay:
  edge: {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}
