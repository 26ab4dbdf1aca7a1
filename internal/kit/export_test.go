package kit

// Notes are the notes of this package, by their keys.
var Notes = map[string]func() any{sandboxKey: func() any { return new(sandboxMark) }}
