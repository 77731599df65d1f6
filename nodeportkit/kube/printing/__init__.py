"""What `kubectl get` prints for an object, and how it lays a table out.

`kinds` has one small module a kind; a new kind is a new module there, with no list to edit elsewhere. The rules are those
of the API server's table printers (kubernetes/kubernetes, pkg/printers/internalversion/printers.go, as of 1.36) and of
kubectl's table printer (staging/src/k8s.io/cli-runtime/pkg/printers/tableprinter.go).
"""
