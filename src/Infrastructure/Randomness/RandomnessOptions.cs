namespace NeuroLab.Infrastructure.Randomness;

/// <summary>Settings of the section <c>Experiments</c>.</summary>
internal sealed class RandomnessOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Experiments";

    /// <summary>Makes the mock experiments repeat after every start; null (the default): they differ. Any 32-bit integer.</summary>
    public int? RandomSeed { get; set; }
}
