using NeuroLab.Application.Abstractions.Caching;

namespace NeuroLab.Application.Abstractions.Messaging;

/// <summary>A command that makes cached values out of date.</summary>
public interface IInvalidatesCache
{
    /// <summary>
    /// What is out of date once the command has committed. Written in the command's own transaction, so that no crash can
    /// come between. Constant work, however many keys match.
    /// </summary>
    IReadOnlyList<Invalidation> Invalidations { get; }
}

/// <summary>Says why a command that may write invalidates nothing.</summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class InvalidatesNothingAttribute : Attribute
{
    /// <summary>Creates the note.</summary>
    /// <param name="reason">One sentence.</param>
    public InvalidatesNothingAttribute(string reason) => Reason = reason;

    /// <summary>Why nothing cached depends on what the command writes.</summary>
    public string Reason { get; }
}
