{{/*
One source per pair of credentials. Optional: a Secret that is not there yet must not keep the pod, and with it the
other tenants, from starting; the gateway says which tenant it cannot serve.
*/}}
{{- define "pekopay-edge.credentialSources" -}}
{{- range $name, $tenant := .Values.tenants }}
{{- range $slot, $pair := dict "current" $tenant.credentials "previous" (index $tenant "previous-credentials") }}
{{- if $pair }}
{{- with include "pekopay-edge.pairSecret" (dict "root" $ "pair" $pair "key" (printf "%s-%s" $name $slot)) }}
- secret:
    name: {{ . }}
    optional: true
    items:
      - {key: {{ default "client-id" $pair.clientIdKey }}, path: {{ $name }}/{{ $slot }}/client-id}
      - {key: {{ default "client-secret" $pair.clientSecretKey }}, path: {{ $name }}/{{ $slot }}/client-secret}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
