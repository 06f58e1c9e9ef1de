namespace NeuroLab.Infrastructure.Caching.Serialization;

/// <summary>Tells the framework's types from those of everybody else.</summary>
internal static class FrameworkTypes
{
    /// <summary>Whether the framework defines a type; of a generic one, whatever its arguments.</summary>
    public static bool Contains(Type type) => type.Namespace is "System" || type.Namespace?.StartsWith("System.", StringComparison.Ordinal) == true;
}
