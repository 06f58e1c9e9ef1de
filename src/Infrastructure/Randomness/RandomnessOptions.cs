using NeuroLab.Infrastructure.Configuration;

namespace NeuroLab.Infrastructure.Randomness;

/// <summary>Settings of the section <c>Experiments</c>.</summary>
[SettingSection(Section, SettingGroup.Service)]
internal sealed class RandomnessOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Experiments";

    /// <summary>A whole number makes the mock experiments repeat after every start; without one they differ.</summary>
    public int? RandomSeed { get; set; }
}
